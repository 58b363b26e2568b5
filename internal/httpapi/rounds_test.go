package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
)

func TestACancelledBatchTakesNothingMore(t *testing.T) {
	s := newService(t)
	id := s.send(archive(3, ""))
	items := s.items(id)
	running, err := s.store.Claim(t.Context(), items[0].AttemptID, "w", time.Minute)
	s.must(err)
	v := s.post("/v1/batches/"+id+"/cancel", "", 200)
	if counts := v["counts"].(map[string]any); v["state"] != "cancelled" || counts["withdrawn"] != 3.0 || counts["open"] != 0.0 {
		t.Errorf("%v", v)
	}
	results, err := s.store.Record(t.Context(), []pipeline.Decision{{AttemptID: items[0].AttemptID, Epoch: running.Epoch, Outcome: review.Outcome{Kind: review.Approved}}})
	if err != nil || !errors.Is(results[0], review.ErrFenced) {
		t.Errorf("what was in review when it was withdrawn got an outcome: %v %v", results, err)
	}
	s.post("/v1/batches/"+id+"/cancel", "", 200)
	s.audited("batch.cancel")
	// The same archive may come again: its rows are the next attempts.
	again := s.send(archive(3, ""))
	if got := s.items(again); again == id || len(got) != 3 || len(got[1].Faults) > 0 || s.last(got[1].SubmissionID).Number != 2 {
		t.Errorf("sent again: %v", got)
	}
}

// Rule: what is asked about at the moment of the cancelling is not put back to wait
// for its answer.
func TestWhatIsAskedAboutIsWithdrawnWithItsBatch(t *testing.T) {
	s := newService(t)
	id := s.send(archive(1, ""))
	a := s.items(id)[0].AttemptID
	c, err := s.store.Claim(t.Context(), a, "w", time.Minute)
	s.must(err)
	s.must(s.store.HandOver(t.Context(), a, c.Epoch, review.Facts{}, time.Time{}))
	c, err = s.store.ClaimAsk(t.Context(), a, "w", time.Minute)
	s.must(err)
	s.post("/v1/batches/"+id+"/cancel", "", 200)
	if err := s.store.HandOver(t.Context(), a, c.Epoch, review.Facts{}, time.Now()); !errors.Is(err, review.ErrFenced) {
		t.Errorf("put back: %v", err)
	}
	if err := s.store.Release(t.Context(), a, c.Epoch, "down", 0); !errors.Is(err, review.ErrFenced) {
		t.Errorf("given back: %v", err)
	}
	if n, err := s.store.AskAgain(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d are asked about again (%v)", n, err)
	}
}

func TestABatchThatIsCancelledWhileItIsReadStops(t *testing.T) {
	s := newService(t)
	id := s.call("POST", "/v1/batches", "application/zip", archive(3, ""), 202)["id"].(string)
	b, err := s.store.ClaimBatch(t.Context(), time.Minute, false)
	s.must(err)
	s.post("/v1/batches/"+id+"/cancel", "", 200)
	if err := s.intake.Read(t.Context(), b); err == nil || len(s.items(id)) != 0 {
		t.Errorf("%v, %d rows were taken", err, len(s.items(id)))
	}
}

func TestABrokenUploadGoesOnWhereItBroke(t *testing.T) {
	s := newService(t)
	data := archive(5, "")
	sum := sha256.Sum256(data)
	address := "/v1/archives/" + hex.EncodeToString(sum[:])
	var parts [][]byte
	for rest := data; len(rest) > 0; {
		n := min(200, len(rest))
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	put := func(i int, body []byte) map[string]any {
		return s.call("PUT", fmt.Sprintf("%s/parts/%d", address, i), "application/octet-stream", body, 200)
	}
	for i, p := range parts[:len(parts)-1] {
		put(i, p)
	}
	put(0, []byte("damaged on the way")) // a part may be sent again
	put(0, parts[0])
	if got := s.get(address)["parts"].([]any); len(got) != len(parts)-1 {
		t.Errorf("stored %v", got)
	}
	last := len(parts) - 1
	put(last, parts[last])
	batchID := s.post("/v1/batches?archive="+hex.EncodeToString(sum[:]), "", 202)["id"].(string)
	s.read()
	if got := s.items(batchID); len(got) != 5 || len(got[0].Faults) > 0 {
		t.Errorf("rows %v", got)
	}
	if again := s.post("/v1/batches?archive="+hex.EncodeToString(sum[:]), "", 202)["id"]; again != batchID {
		t.Errorf("the same archive is another batch: %v", again)
	}
}

func TestPartsThatAreNoArchive(t *testing.T) {
	s := newService(t)
	wrong := strings.Repeat("ab", 32)
	for path, status := range map[string]int{
		"/v1/archives/xyz/parts/0":                        422,
		"/v1/archives/" + wrong + "/parts/-1":             422,
		"/v1/archives/" + wrong + "/parts/99999999999999": 422,
	} {
		s.call("PUT", path, "application/octet-stream", []byte("x"), status)
	}
	s.call("PUT", "/v1/archives/"+wrong+"/parts/1", "application/octet-stream", make([]byte, 257), 413)
	s.call("PUT", "/v1/archives/"+wrong+"/parts/1", "application/octet-stream", []byte("PK"), 200)
	if got := s.post("/v1/batches?archive="+wrong, "", 409); got["code"] != "archive_incomplete" {
		t.Errorf("%v", got)
	}
	s.call("PUT", "/v1/archives/"+wrong+"/parts/0", "application/octet-stream", []byte("PK"), 200)
	id := s.post("/v1/batches?archive="+wrong, "", 202)["id"].(string)
	s.read()
	if b := s.get("/v1/batches/" + id); b["state"] != "refused" || !strings.Contains(fmt.Sprint(b["faults"]), "archive_differs") {
		t.Errorf("%v", b)
	}
}

func TestProgressIsToldUntilTheEnd(t *testing.T) {
	s := newService(t)
	id := s.send(archive(2, ""))
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/v1/batches/"+id+"/progress", nil)
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer func() { _ = resp.Body.Close() }()
	s.refuse(s.items(id)...)
	n, err := s.store.FinishBatches(t.Context())
	if n != 1 || err != nil {
		t.Errorf("finished %d, %v", n, err)
	}
	data, err := io.ReadAll(resp.Body) // until the server closes it
	s.must(err)
	if text := string(data); !strings.HasPrefix(text, "event: progress\n") || !strings.Contains(text, "event: end\ndata: {") || !strings.Contains(text, `"rejected":2`) {
		t.Errorf("%s", data)
	}
	var kinds []string
	for _, e := range s.get("/v1/events?limit=100")["events"].([]any) {
		kinds = append(kinds, e.(map[string]any)["kind"].(string))
	}
	if got := strings.Join(kinds, " "); !strings.HasSuffix(got, "attempt.decided attempt.decided batch.finished") {
		t.Errorf("events %s", got)
	}
}

// Rule: a row that waits for an issuing body's answer is in review, so that its batch
// is not finished; one that is deferred waits, and its batch ends partial.
func TestABatchIsNotFinishedWhileAnIssuingBodyIsAsked(t *testing.T) {
	s := newService(t)
	id := s.send(archive(2, ""))
	s.refuse(s.items(id)[:1]...)
	attempt := s.items(id)[1].AttemptID
	c, err := s.store.Claim(t.Context(), attempt, "w", time.Minute)
	s.must(err)
	s.must(s.store.HandOver(t.Context(), attempt, c.Epoch, review.Facts{Documents: []review.DocumentFacts{}}, time.Now().Add(-time.Second)))
	if n, err := s.store.FinishBatches(t.Context()); n != 0 || err != nil {
		t.Errorf("finished %d, %v", n, err)
	}
	if b := s.get("/v1/batches/" + id); b["state"] != "reviewing" || !strings.Contains(fmt.Sprint(b["counts"]), "open:1") {
		t.Errorf("%v", b)
	}
	_, err = s.store.AskAgain(t.Context(), time.Now())
	s.must(err)
	c, err = s.store.ClaimAsk(t.Context(), attempt, "w", time.Minute)
	s.must(err)
	deferred := review.Outcome{Kind: review.Deferred, EligibleAt: time.Now().Add(time.Hour), RuleSet: "r"}
	faults, err := s.store.Record(t.Context(), []pipeline.Decision{{AttemptID: attempt, Epoch: c.Epoch, Outcome: deferred, Facts: review.Facts{Documents: []review.DocumentFacts{}}}})
	s.must(errors.Join(append(faults, err)...))
	if n, err := s.store.FinishBatches(t.Context()); n != 1 || err != nil {
		t.Errorf("finished %d, %v", n, err)
	}
	if b := s.get("/v1/batches/" + id); b["state"] != "partial" {
		t.Errorf("%v", b)
	}
}

func TestBatchesAreListedByState(t *testing.T) {
	s := newService(t)
	read := s.send(archive(1, ""))
	unread := s.call("POST", "/v1/batches", "application/zip", archive(2, ""), 202)["id"].(string)
	ids := func(query string) (list []string) {
		for _, b := range s.get("/v1/batches" + query)["batches"].([]any) {
			list = append(list, b.(map[string]any)["id"].(string))
		}
		return list
	}
	for query, want := range map[string][]string{"": {unread, read}, "?state=received": {unread}, "?state=reviewing": {read}, "?state=finished": nil, "?after=" + unread: {read}} {
		if got := ids(query); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	s.call("GET", "/v1/batches?state=lost", "", nil, 422)
}

func TestAttemptsAreLimitedAndCoolDown(t *testing.T) {
	s := newService(t)
	items := s.items(s.send(archive(1, "")))
	s.refuse(items...)
	s.must(s.store.LimitTries(t.Context(), "acme", review.Tries{CoolDown: time.Hour}))
	next := review.Attempt{ID: items[0].SubmissionID[:35] + "f", Declared: review.Declared{Number: "n"}, CreatedAt: time.Now()}
	if _, err := s.store.Resubmit(t.Context(), "acme", items[0].SubmissionID, next); err == nil || !strings.Contains(err.Error(), "must wait") {
		t.Errorf("cool-down: %v", err)
	}
	s.must(s.store.LimitTries(t.Context(), "acme", review.Tries{Max: 1}))
	again := s.items(s.send(mended()))
	if len(again[0].Faults) != 1 || again[0].Faults[0].Code != "attempts_spent" {
		t.Errorf("limit: %+v", again[0].Faults)
	}
}

// Half a list must never pass for a whole one: when reading fails after the first
// bytes, the connection is cut.
func TestAListThatBreaksIsCut(t *testing.T) {
	s := newService(t)
	id := s.send(archive(2, ""))
	s.Batches = breaking{s.store}
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/v1/batches/"+id+"/items", nil)
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer func() { _ = resp.Body.Close() }()
	if data, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("it ended as if it were whole: %s", data)
	}
}

// breaking gives a full first page and then fails.
type breaking struct{ *postgres.Store }

func (b breaking) BatchItems(ctx context.Context, tenant, id string, after, limit int) ([]review.BatchItem, error) {
	if after > 0 {
		return nil, fmt.Errorf("down")
	}
	list, err := b.Store.BatchItems(ctx, tenant, id, after, limit)
	for len(list) > 0 && len(list) < limit {
		list = append(list, list[0])
	}
	return list, err
}
