package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/auth"
	"realname/internal/review"
	"realname/internal/rules"
)

var errDown = errors.New("down")

// world is a server on stores in memory whose parts can be switched off.
type world struct {
	*Server
	t     *testing.T
	mu    sync.Mutex
	subs  map[string]review.Submission
	keys  map[string]idempotent
	blobs map[string][]byte
	log   bytes.Buffer

	storeDown, blobsDown bool
	key                  string
}

type idempotent struct {
	hash [32]byte
	id   string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, subs: map[string]review.Submission{}, keys: map[string]idempotent{}, blobs: map[string][]byte{}}
	key, text := auth.NewKey("acme", auth.ScopeSubmit, auth.ScopeRead, auth.ScopeEndpoints)
	w.key = text
	w.Server = &Server{
		Store: w, Blobs: w, Keys: auth.New(oneKey{key}, time.Now), Catalogue: catalogue{}, Limits: DefaultLimits,
		Reasons: func() any { return []string{} }, Now: time.Now, Log: zerolog.New(&w.log),
		Precheck: func(_ context.Context, profiles []string, d review.Declared, files []Upload) ([]review.Outcome, error) {
			refused := review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear, Reasons: []review.Reason{review.MaterialUnclear}}
			return append([]review.Outcome{refused}, make([]review.Outcome, len(profiles)-1)...), nil
		},
	}
	return w
}

type oneKey struct{ key review.APIKey }

func (k oneKey) APIKey(_ context.Context, id string) (review.APIKey, error) {
	if id != k.key.ID {
		return review.APIKey{}, review.ErrNotFound
	}
	return k.key, nil
}

func (w *world) Submit(_ context.Context, _, key string, hash [32]byte, s review.Submission) (review.Submission, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.storeDown {
		return s, false, errDown
	}
	if k, ok := w.keys[key]; ok && key != "" {
		if k.hash != hash {
			return s, false, review.ErrKeyReused
		}
		return w.subs[k.id], true, nil
	}
	w.keys[key], w.subs[s.ID] = idempotent{hash, s.ID}, s
	return s, false, nil
}

func (w *world) Resubmit(_ context.Context, _, id string, a review.Attempt) (review.Attempt, error) {
	s, ok := w.subs[id]
	if !ok {
		return a, review.ErrNotFound
	}
	a.Number = len(s.Attempts) + 1
	s.Attempts = append(s.Attempts, a)
	w.subs[id] = s
	return a, nil
}

func (w *world) Submission(_ context.Context, tenant, id string) (review.Submission, error) {
	s, ok := w.subs[id]
	if w.storeDown {
		return s, errDown
	}
	if !ok || s.Tenant != tenant {
		return review.Submission{}, review.ErrNotFound
	}
	return s, nil
}

func (w *world) Put(_ context.Context, key string, r io.Reader, _ int64) (int64, error) {
	if w.blobsDown {
		return 0, errDown
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blobs[key] = data
	return int64(len(data)), nil
}

func (w *world) Delete(_ context.Context, keys ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range keys {
		delete(w.blobs, k)
	}
	return nil
}

// catalogue knows one type and one profile and renders codes.
type catalogue struct{}

func (catalogue) Type(c review.CredentialType) (rules.DocumentType, bool) {
	return rules.DocumentType{Code: c}, c == "YYZZ"
}

func (catalogue) Profile(name string) (rules.Profile, bool) {
	return rules.Profile{Name: name, HoldAfterDays: 5, UpstreamTimeoutDays: 7}, name == "default" || name == "huawei"
}

func (catalogue) Detail(c review.Detail) (rules.DetailEntry, bool) {
	return rules.Default().Detail(c)
}

func (catalogue) Render(f review.Finding, l rules.Lang) rules.Message {
	return rules.Message{Title: string(f.Detail) + " " + string(l), Remedy: "remedy " + string(l)}
}

func (catalogue) RenderReason(r review.Reason, l rules.Lang) rules.Message {
	return rules.Message{Title: string(r) + " " + string(l)}
}

// part is one part of a multipart body.
type part struct {
	name, file string
	data       []byte
}

const goodJSON = `{"subject_ref":"example.cn","declared":{"holder_type":"organisation","name":"样本市示例科技有限公司","credential_type":"YYZZ","number":"SPECIMEN-CANARY-1","issue_date":"2026年3月1日","expiry_date":"长期","email":"canary@example.com"}}`

func submissionPart(j string) part { return part{name: "submission", data: []byte(j)} }

var image = part{"licence", "证件 canary.JPG", []byte("\xff\xd8\xff image bytes")}

func body(t *testing.T, parts ...part) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + p.name + `"`
		if p.file != "" {
			disposition += `; filename="` + p.file + `"`
		}
		h.Set("Content-Disposition", disposition)
		pw, err := m.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = pw.Write(p.data)
	}
	_ = m.Close()
	return &b, m.FormDataContentType()
}

// post sends parts to a path.
func (w *world) post(path string, header map[string]string, parts ...part) *httptest.ResponseRecorder {
	w.t.Helper()
	b, kind := body(w.t, parts...)
	return w.do("POST", path, kind, b, header)
}

func (w *world) do(method, path, kind string, b io.Reader, header map[string]string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, b)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+w.key)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// wantProblem checks status and code, and that the answer helps.
func wantProblem(t *testing.T, rule string, rec *httptest.ResponseRecorder, status int, code string) problemBody {
	t.Helper()
	var p problemBody
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Errorf("%s: answer %d is no problem: %s", rule, rec.Code, rec.Body)
		return p
	}
	if rec.Code != status || p.Code != code || p.Status != status {
		t.Errorf("%s: %d %s, want %d %s (%s)", rule, rec.Code, p.Code, status, code, p.Detail)
	}
	if p.Title == "" || p.Detail == "" || p.Remedy == "" || p.RequestID == "" || strings.Contains(p.Detail, "%!") {
		t.Errorf("%s: the problem does not help: %+v", rule, p)
	}
	if rec.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: content type %s", rule, rec.Header().Get("Content-Type"))
	}
	return p
}
