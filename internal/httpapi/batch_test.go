package httpapi

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"realname/internal/review"
)

type others interface{ Batches }

// keptBatches is a store of one batch with its rows.
type keptBatches struct {
	others // what these tests do not ask for
	batch  review.Batch
	items  []review.BatchItem
}

func (k *keptBatches) CreateBatch(_ context.Context, b review.Batch) (review.Batch, bool, error) {
	if k.batch.SHA256 == b.SHA256 {
		return k.batch, true, nil
	}
	k.batch = b
	return b, false, nil
}

func (k *keptBatches) Batch(_ context.Context, tenant, id string) (review.Batch, error) {
	if tenant != k.batch.Tenant || id != k.batch.ID {
		return review.Batch{}, review.ErrNotFound
	}
	return k.batch, nil
}

func (k *keptBatches) BatchItems(_ context.Context, _, _ string, after, limit int) (list []review.BatchItem, err error) {
	for _, i := range k.items {
		if i.Row > after && len(list) < limit {
			list = append(list, i)
		}
	}
	return list, nil
}

// withBatch is a world with a batch of which 3 rows of 4 of a reseller have one cause.
func withBatch(t *testing.T) (*world, *keptBatches) {
	w := newWorld(t)
	brackets := func(row int, reseller string) review.BatchItem {
		return review.BatchItem{Row: row, ExternalID: "=cmd()", SubmissionID: "s", Reseller: reseller, State: review.Decided,
			Declared: review.Declared{Name: "样本（市）公司", Number: "N"},
			Outcome: &review.Outcome{Kind: review.Rejected, Primary: review.RegistrantInfoMismatch, Findings: []review.Finding{{Check: "NAM-02", Detail: "name_bracket",
				Reason: review.RegistrantInfoMismatch, Severity: review.Fail, Field: review.FieldName, Declared: "样本（市）公司", Fix: "样本(市)公司"}}}}
	}
	k := &keptBatches{batch: review.Batch{ID: "b1", Tenant: "acme", State: review.BatchRead}, items: []review.BatchItem{
		brackets(2, "r1"), brackets(3, "r1"), brackets(4, "r1"),
		{Row: 5, Reseller: "r1", State: review.Decided, Outcome: &review.Outcome{Kind: review.Approved}},
		brackets(6, "r2"),
		{Row: 7, Faults: []review.RowFault{{Row: 7, Column: "file", Code: "file_missing", ZH: "没有文件", EN: "no file"}}, Cells: map[string]string{"holder_name": "样本甲", "file": "x.jpg"}},
	}}
	w.Batches, w.Wake = k, func() {}
	return w, k
}

func TestTheSameArchiveIsTheSameBatch(t *testing.T) {
	w, k := withBatch(t)
	woken := 0
	w.Wake = func() { woken++ }
	first := w.do("POST", "/v1/batches", "application/zip", strings.NewReader("PK archive"), nil)
	id := k.batch.ID
	again := w.do("POST", "/v1/batches", "application/zip", strings.NewReader("PK archive"), nil)
	if first.Code != 202 || again.Code != 202 || k.batch.ID != id || !strings.Contains(again.Body.String(), id) || len(w.blobs) != 1 || woken != 2 {
		t.Errorf("%d %d, %d blobs, woken %d: %s", first.Code, again.Code, len(w.blobs), woken, again.Body)
	}
	wantProblem(t, "JSON", w.do("POST", "/v1/batches", "application/json", strings.NewReader("{}"), nil), 415, "body_not_zip")
	wantProblem(t, "profile", w.do("POST", "/v1/batches?profile=nobody", "application/zip", strings.NewReader("PK"), nil), 422, "profile_unknown")
	w.Limits.BatchBytes = 4
	wantProblem(t, "size", w.do("POST", "/v1/batches", "application/zip", strings.NewReader("PK large"), nil), 413, "file_too_large")
	if len(w.blobs) != 1 {
		t.Errorf("%d blobs after what was refused", len(w.blobs))
	}
}

func TestResultsAreATableThatRunsNothing(t *testing.T) {
	w, _ := withBatch(t)
	rec := w.do("GET", "/v1/batches/b1/results.csv", "", nil, nil)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(rec.Body.String(), bom))).ReadAll()
	if err != nil || len(lines) != 1+4*2+1+1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if lines[1][1] != "'=cmd()" || lines[2][13] != "3: （ → (; 5: ） → )" {
		t.Errorf("%q, fix %q", lines[1][1], lines[2][13])
	}
	book, err := excelize.OpenReader(w.do("GET", "/v1/batches/b1/results.xlsx", "", nil, nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(sheet)
	formula, _ := book.GetCellFormula(sheet, "B2")
	if err != nil || len(rows) != len(lines) || rows[1][1] != "=cmd()" || formula != "" {
		t.Errorf("%d rows, %v, formula %q", len(rows), err, formula)
	}
	if panes, err := book.GetPanes(sheet); err != nil || !panes.Freeze {
		t.Errorf("the heading is not frozen: %v", err)
	}
}

func TestErrorsAreABatchToBeMended(t *testing.T) {
	w, _ := withBatch(t)
	data := w.do("GET", "/v1/batches/b1/errors.zip", "", nil, nil).Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("manifest.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(f)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), bom))).ReadAll()
	if err != nil || len(lines) != 1+4+1 || lines[1][4] != "样本（市）公司" || lines[5][12] != "x.jpg" {
		t.Errorf("%v %v", lines, err)
	}
}

func TestCausesAreGroupedByOrigin(t *testing.T) {
	w, _ := withBatch(t)
	var got struct{ Causes []cause }
	if err := json.Unmarshal(w.do("GET", "/v1/batches/b1/causes", "", nil, nil).Body.Bytes(), &got); err != nil || len(got.Causes) != 3 {
		t.Fatalf("%v %+v", err, got)
	}
	c := got.Causes[0]
	if c.Detail != "name_bracket" || c.Reseller != "r1" || c.Rows != 3 || c.Share != 0.75 || c.Fixable != 3 || !c.SafeFix || joined(c.Classes) != "bracket " {
		t.Errorf("%+v", c)
	}
}

func TestAnotherTenantsBatchIsLikeAMissingOne(t *testing.T) {
	w, k := withBatch(t)
	k.batch.Tenant = "other"
	for _, path := range []string{"", "/items", "/results.csv", "/results.xlsx", "/errors.zip", "/causes"} {
		wantProblem(t, path, w.do("GET", "/v1/batches/b1"+path, "", nil, nil), 404, "not_found")
	}
}

func TestABatchTellsHowFarItIs(t *testing.T) {
	w, k := withBatch(t)
	for want, c := range map[string]review.BatchCounts{
		"reviewing": {Rows: 30, Approved: 25, Open: 5}, "partial": {Rows: 2, Approved: 1, Faulty: 1}, "done": {Rows: 2, Approved: 2},
	} {
		k.batch.Counts = c
		var v batchView
		body := w.do("GET", "/v1/batches/b1", "", nil, nil).Body.Bytes()
		if err := json.Unmarshal(body, &v); err != nil || v.State != want || v.ETA.IsZero() != (want != "reviewing") {
			t.Errorf("%s: %s", want, body)
		}
	}
}

// listed are events of one tenant.
type listed []review.Event

func (l listed) Events(_ context.Context, _, after string, limit int) ([]review.Event, error) {
	if after == "bad" {
		return nil, review.ErrNotFound
	}
	if after != "" {
		return nil, nil
	}
	return l[:min(limit, len(l))], nil
}

func TestEventsGoOnFromTheLastCursor(t *testing.T) {
	w := newWorld(t)
	w.Events = listed{{Cursor: "1-1", Kind: "attempt.received"}, {Cursor: "1-2", Kind: "attempt.decided"}}
	for query, want := range map[string]string{"": `"next":"1-2"`, "?limit=1": `"next":"1-1"`, "?after=1-2": `{"events":[],"next":"1-2"}`} {
		if body := w.do("GET", "/v1/events"+query, "", nil, nil).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%q: %s, want %s", query, body, want)
		}
	}
	wantProblem(t, "cursor", w.do("GET", "/v1/events?after=bad", "", nil, nil), 422, "cursor_unknown")
	for _, limit := range []string{"0", "1001", "x"} {
		wantProblem(t, limit, w.do("GET", "/v1/events?limit="+limit, "", nil, nil), 422, "field_invalid")
	}
}
