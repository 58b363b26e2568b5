package flow

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"realname/internal/auth"
	"realname/internal/blob"
	"realname/internal/httpapi"
	"realname/internal/rules"
	"realname/internal/telemetry"
	"realname/internal/testenv"
)

// One trace per attempt, from the request to the outcome, and its id is the
// attempt's.
func TestATraceFollowsAnAttemptThroughEverything(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	t.Cleanup(telemetry.Trace("test", trace.WithSyncer(spans)))
	f := newFlow(t)
	stop := f.worker("w1", 1, &seen{})
	server, key := f.ingest()
	attempt, request := post(t, server.URL, key)
	if attempt != request {
		t.Errorf("the request is %s and its attempt %s, want the same", request, attempt)
	}
	f.decided(1)
	stop() // what runs yet ends
	server.Close()

	found := map[string]bool{}
	for _, s := range spans.GetSpans() {
		if s.SpanContext.TraceID().String() == strings.ReplaceAll(attempt, "-", "") {
			found[s.Name] = true
			for _, a := range s.Attributes {
				if strings.Contains(a.Value.Emit(), "样本甲") || strings.Contains(a.Value.Emit(), "SPECIMEN-1") {
					t.Errorf("span %s holds identity data in %s", s.Name, a.Key)
				}
			}
		}
	}
	for _, want := range []string{"POST /v1/submissions", "HTTP PUT", "review", "batch start", "UPDATE"} {
		if !hasPrefix(found, want) {
			t.Errorf("no span %q in the trace of the attempt; there are %v", want, found)
		}
	}
}

func hasPrefix(names map[string]bool, prefix string) bool {
	for n := range names {
		if strings.HasPrefix(n, prefix) {
			return true
		}
	}
	return false
}

// ingest serves the API; a key comes with it.
func (f flow) ingest() (*httptest.Server, string) {
	f.t.Helper()
	b := testenv.S3(f.t)
	blobs, err := blob.New(blob.Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	f.must(err)
	f.must(blobs.EnsureBucket(f.t.Context()))
	set, err := rules.LoadFiles()
	f.must(err)
	k, text := auth.NewKey(tenant, auth.ScopeSubmit)
	f.must(f.CreateAPIKey(f.t.Context(), k))
	s := &httpapi.Server{
		Store: f.Store, Batches: f.Store, Events: f.Store, Blobs: blobs, Keys: auth.New(f.Store, time.Now), Catalogue: set,
		Limits: httpapi.DefaultLimits, Now: time.Now, Log: zerolog.Nop(),
	}
	server := httptest.NewServer(s.Handler())
	f.t.Cleanup(server.Close)
	return server, text
}

func post(t *testing.T, url, key string) (attempt, request string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("submission", `{"subject_ref":"example.cn","declared":{"holder_type":"organisation","name":"样本甲","credential_type":"SFZ","number":"SPECIMEN-1"}}`)
	part, _ := w.CreateFormFile("licence", "licence.jpg") // writes to memory
	_, _ = part.Write([]byte("abc"))
	_ = w.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/submissions", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var got struct {
		AttemptID string `json:"attempt_id"`
		Detail    string
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || answer.StatusCode != http.StatusAccepted {
		t.Fatalf("status %d, %s (%v)", answer.StatusCode, got.Detail, err)
	}
	return got.AttemptID, answer.Header.Get("X-Request-Id")
}
