package httpapi_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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
	b, err := s.store.ClaimBatch(s.t.Context(), time.Minute, false)
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

// mended is an archive of one row that was refused and has another name now.
func mended() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, _ := z.Create("manifest.csv")
	_, _ = fmt.Fprint(m, "external_id,domain,holder_type,name,type,number\ne0,e0.example,企业,样本(市)公司,YYZZ,91440300MA5EXAMP0C\n")
	_ = z.Close()
	return b.Bytes()
}
