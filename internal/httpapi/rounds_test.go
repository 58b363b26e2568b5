package httpapi_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/rs/zerolog"

	"realname/internal/auth"
	"realname/internal/batch"
	"realname/internal/blob"
	"realname/internal/httpapi"
	"realname/internal/intake"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
	"realname/internal/verdict"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// service is the API on a real database and object store; the test reads the
// batches and decides the attempts itself.
type service struct {
	*httpapi.Server
	t      *testing.T
	store  *postgres.Store
	intake *intake.Intake
	url    string
	key    string
}

func newService(t *testing.T) *service {
	t.Helper()
	b := testenv.S3(t)
	blobs, err := blob.New(blob.Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	s := &service{t: t, store: postgres.New(testenv.Postgres(t))}
	s.must(err)
	s.must(blobs.EnsureBucket(t.Context()))
	s.must(s.store.EnsureTenant(t.Context(), "acme", "Acme"))
	key, secret := auth.NewKey("acme", auth.ScopeSubmit, auth.ScopeRead)
	s.must(s.store.CreateAPIKey(t.Context(), key))
	s.key = secret
	limits := httpapi.DefaultLimits
	limits.PartBytes = 256
	s.Server = &httpapi.Server{Store: s.store, Batches: s.store, Events: s.store, Verdicts: s.store, Patterns: patterns(t), Wake: func() {}, Blobs: blobs, Keys: auth.New(s.store, time.Now),
		Catalogue: rules.Default(), Limits: limits, Now: time.Now, Log: zerolog.Nop()}
	s.intake = &intake.Intake{Store: s.store, Blobs: blobs, Catalogue: rules.Default(), Limits: batch.DefaultLimits, Lease: time.Minute, Now: time.Now, Log: zerolog.Nop()}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func patterns(t *testing.T) verdict.Patterns {
	t.Helper()
	list, err := verdict.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s *service) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// call sends a request and decodes the answer, which must have the status.
func (s *service) call(method, path, kind string, body []byte, status int) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	s.must(err)
	if resp.StatusCode != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, resp.StatusCode, status, data)
	}
	var m map[string]any
	s.must(json.Unmarshal(data, &m))
	return m
}

func (s *service) get(path string) map[string]any {
	s.t.Helper()
	return s.call("GET", path, "", nil, 200)
}

func (s *service) post(path, body string, status int) map[string]any {
	s.t.Helper()
	return s.call("POST", path, "application/json", []byte(body), status)
}

// archive is a batch whose rows have full-width brackets in the name.
func archive(rows int, reseller string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, _ := z.Create("manifest.csv")
	_, _ = fmt.Fprintln(m, "external_id,domain,holder_type,name,type,number,issued,file,reseller")
	for i := range rows {
		_, _ = fmt.Fprintf(m, "e%d,e%d.example,企业,样本（市）公司,YYZZ,91440300MA5EXAMP0C,2020-03-01,i%d.jpg,%s\n", i, i, i, reseller)
	}
	for i := range rows {
		f, _ := z.Create(fmt.Sprintf("i%d.jpg", i))
		_, _ = fmt.Fprintf(f, "picture %d", i)
	}
	_ = z.Close()
	return b.Bytes()
}

// send takes an archive and reads it.
func (s *service) send(data []byte) string {
	s.t.Helper()
	id := s.call("POST", "/v1/batches", "application/zip", data, 202)["id"].(string)
	s.read()
	return id
}

func (s *service) read() {
	s.t.Helper()
	b, err := s.store.ClaimBatch(s.t.Context(), time.Minute)
	s.must(err)
	s.must(s.intake.Read(s.t.Context(), b))
}

func (s *service) items(id string) []review.BatchItem {
	s.t.Helper()
	list, err := s.store.BatchItems(s.t.Context(), "acme", id, 0, 1000)
	s.must(err)
	return list
}

// refuse decides attempts for the brackets in their names.
func (s *service) refuse(items ...review.BatchItem) {
	s.t.Helper()
	for _, i := range items {
		c, err := s.store.Claim(s.t.Context(), i.AttemptID, "w", time.Minute)
		s.must(err)
		o := review.Outcome{Kind: review.Rejected, Primary: review.RegistrantInfoMismatch, Reasons: []review.Reason{review.RegistrantInfoMismatch}, RuleSet: "r",
			Findings: []review.Finding{{Check: "NAM-02", Detail: "name_bracket", Severity: review.Fail, Reason: review.RegistrantInfoMismatch,
				Field: review.FieldName, Declared: c.Attempt.Declared.Name, Fix: "样本(市)公司"}}}
		_, err = s.store.Record(s.t.Context(), []pipeline.Decision{{AttemptID: i.AttemptID, Epoch: c.Epoch, Outcome: o}})
		s.must(err)
	}
}

func (s *service) last(submission string) review.Attempt {
	s.t.Helper()
	sub, err := s.store.Submission(s.t.Context(), "acme", submission)
	s.must(err)
	return sub.Attempts[len(sub.Attempts)-1]
}

func TestAFixIsShownThenAppliedThenUndone(t *testing.T) {
	s := newService(t)
	id := s.send(archive(4, "r1"))
	items := s.items(id)
	s.refuse(items[:3]...)
	_, err := s.store.Resubmit(t.Context(), "acme", items[2].SubmissionID, review.Attempt{ID: items[2].SubmissionID[:35] + "f", CreatedAt: time.Now(), Declared: items[2].Declared})
	s.must(err)

	shown := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1"}`, 200)
	if got := shown["changes"].([]any); len(got) != 2 || shown["id"] != nil || shown["safe"] != true {
		t.Fatalf("preview %v", shown)
	}
	if text := fmt.Sprint(shown); strings.Contains(text, "样本") || !strings.Contains(text, "superseded") {
		t.Errorf("a preview shows what differs and no name, and what is skipped: %s", text)
	}
	if s.last(items[0].SubmissionID).Number != 1 {
		t.Fatal("a preview changed something")
	}

	applied := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)
	a := s.last(items[0].SubmissionID)
	if a.Number != 2 || a.Declared.Name != "样本(市)公司" || len(a.Documents) != 1 || a.Documents[0].SHA256 == "" {
		t.Fatalf("attempt %+v", a)
	}
	if _, err := s.store.Claim(t.Context(), a.ID, "w", time.Minute); err == nil {
		t.Error("it can be reviewed before the grace for second thoughts is over")
	}
	fix := "/v1/fixes/" + applied["id"].(string)
	if rows := s.get(fix)["rows"].([]any); len(rows) != 2 {
		t.Errorf("rows of the fix: %v", rows)
	}
	if n := s.post(fix+"/undo", "", 200); n["withdrawn"] != 2.0 || n["kept"] != 0.0 {
		t.Errorf("undo %v", n)
	}
	if n := s.post(fix+"/undo", "", 200); n["withdrawn"] != 0.0 {
		t.Errorf("undo again %v", n)
	}
	if a := s.last(items[0].SubmissionID); a.State != review.Withdrawn {
		t.Errorf("after undo: %s", a.State)
	}
	s.audited("fix.apply", "fix.undo", "fix.undo")

	// What was undone can be applied again; what somebody sends between the look and
	// the deed is never overwritten.
	again := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)
	if got := again["changes"].([]any); len(got) != 2 {
		t.Errorf("after undoing: %v", again)
	}
	next := s.last(items[0].SubmissionID)
	late := review.Attempt{ID: uuid.Must(uuid.NewV7()).String(), SubmissionID: items[0].SubmissionID, Declared: next.Declared, CreatedAt: time.Now()}
	f := review.Fix{ID: again["id"].(string), Tenant: "acme"}
	if err := s.store.FixRow(t.Context(), f, 99, items[0].AttemptID, late, time.Now()); !errors.Is(err, review.ErrSuperseded) || s.last(items[0].SubmissionID).ID != next.ID {
		t.Errorf("a correction of what was corrected already: %v", err)
	}
	s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r2","apply":true}`, 201) // no rows, no harm
}

// Two clicks on one correction, or two people: each row is corrected once.
func TestACorrectionThatIsAppliedTwiceAtOnceCorrectsOnce(t *testing.T) {
	s := newService(t)
	id := s.send(archive(12, "r1"))
	s.refuse(s.items(id)...)
	corrected := make(chan int)
	for range 2 {
		go func() {
			n := 0
			defer func() { corrected <- n }()
			n = len(s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)["changes"].([]any))
		}()
	}
	if n := <-corrected + <-corrected; n != 12 {
		t.Errorf("%d corrections of 12 rows", n)
	}
	for _, i := range s.items(id) {
		if a := s.last(i.SubmissionID); a.Number != 2 {
			t.Errorf("row %d has %d attempts", i.Row, a.Number)
		}
	}
}

// An address that holds no text is one of nothing, and no failure of ours.
func TestAnAddressThatIsNoTextIsNotFound(t *testing.T) {
	s := newService(t)
	for _, path := range []string{"/v1/batches/%00", "/v1/batches/%ff/items", "/v1/submissions/%00", "/v1/fixes/%00", "/v1/batches?after=%00"} {
		s.call("GET", path, "", nil, 404)
	}
}

// audited checks the trail and that its chain holds.
func (s *service) audited(actions ...string) {
	s.t.Helper()
	list := s.get("/v1/audit")["entries"].([]any)
	var got []string
	for _, e := range list {
		entry := e.(map[string]any)
		got = append(got, entry["action"].(string))
		if actor := entry["actor"].(string); actor == "" || !strings.Contains(s.key, actor) {
			s.t.Errorf("%s by %q", entry["action"], actor)
		}
	}
	if strings.Join(got, " ") != strings.Join(actions, " ") {
		s.t.Errorf("audit %v, want %v", got, actions)
	}
	if n, broken, err := s.store.VerifyAudit(s.t.Context()); n != len(actions) || len(broken) > 0 || err != nil {
		s.t.Errorf("chain: %d entries, broken %v, %v", n, broken, err)
	}
}

func TestWhatChangesTheValueNeedsConsent(t *testing.T) {
	s := newService(t)
	id := s.send(archive(1, ""))
	for _, c := range []struct {
		body, code string
		status     int
	}{
		{`{"detail":"number_check_digit","apply":true}`, "consent_missing", 409},
		{`{"detail":"number_chek_digit","apply":true}`, "fault_unknown", 422},
		{`{"detail":"","reseller":"r1"}`, "fault_unknown", 422},
	} {
		if got := s.post("/v1/batches/"+id+"/fixes", c.body, c.status); got["code"] != c.code {
			t.Errorf("%s: %v", c.body, got)
		}
	}
	s.post("/v1/batches/"+id+"/fixes", `{"detail":"number_check_digit","apply":true,"consent":true}`, 201)
	s.call("POST", "/v1/batches/"+id+"/fixes", "text/plain", []byte(`{}`), 415)
}

func TestACancelledBatchTakesNothingMore(t *testing.T) {
	s := newService(t)
	id := s.send(archive(3, ""))
	items := s.items(id)
	running, err := s.store.Claim(t.Context(), items[0].AttemptID, "w", time.Minute)
	s.must(err)
	v := s.post("/v1/batches/"+id+"/cancel", "", 200)
	if counts := v["counts"].(map[string]any); v["state"] != "cancelled" || counts["withdrawn"] != 2.0 || counts["open"] != 1.0 {
		t.Errorf("%v", v)
	}
	results, err := s.store.Record(t.Context(), []pipeline.Decision{{AttemptID: items[0].AttemptID, Epoch: running.Epoch, Outcome: review.Outcome{Kind: review.Approved}}})
	if err != nil || results[0] != nil {
		t.Errorf("what was in review gets its outcome: %v %v", results, err)
	}
	s.post("/v1/batches/"+id+"/cancel", "", 200)
	s.audited("batch.cancel")
	// The same archive may come again: its rows are the next attempts.
	again := s.send(archive(3, ""))
	if got := s.items(again); again == id || len(got) != 3 || len(got[1].Faults) > 0 || s.last(got[1].SubmissionID).Number != 2 {
		t.Errorf("sent again: %v", got)
	}
}

func TestABatchThatIsCancelledWhileItIsReadStops(t *testing.T) {
	s := newService(t)
	id := s.call("POST", "/v1/batches", "application/zip", archive(3, ""), 202)["id"].(string)
	b, err := s.store.ClaimBatch(t.Context(), time.Minute)
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

// mended is an archive of one row that was refused and has another name now.
func mended() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, _ := z.Create("manifest.csv")
	_, _ = fmt.Fprint(m, "external_id,domain,holder_type,name,type,number\ne0,e0.example,企业,样本(市)公司,YYZZ,91440300MA5EXAMP0C\n")
	_ = z.Close()
	return b.Bytes()
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
