package console_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"realname/internal/console"
	"realname/internal/desk"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const tenant = "acme"

// house is a console on a database with one tenant.
type house struct {
	testing.TB
	store *postgres.Store
	pool  *pgxpool.Pool
	pages *console.Console
	url   string
	blobs memory
}

func newHouse(t testing.TB) house {
	t.Helper()
	pool := testenv.Postgres(t)
	h := house{TB: t, store: postgres.New(pool), pool: pool, blobs: memory{}}
	h.must(h.store.EnsureTenant(t.Context(), tenant, "Acme"))
	h.pages = &console.Console{People: h.store, Cases: h.store, Desk: h.store, Actions: h.store, Work: h.store, Keys: h.store, Blobs: h.blobs, Rules: rules.Default(), Now: time.Now, Log: zerolog.New(zerolog.NewTestWriter(t))}
	server := httptest.NewServer(h.pages.Handler())
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// visitor is a browser with its cookies.
type visitor struct {
	house
	*http.Client
}

func (h house) visitor() visitor {
	jar, err := cookiejar.New(nil)
	h.must(err)
	return visitor{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (v visitor) do(method, path string, form url.Values) answer {
	v.Helper()
	req, err := http.NewRequestWithContext(v.Context(), method, v.url+path, strings.NewReader(form.Encode()))
	v.must(err)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Language", "en")
	resp, err := v.Do(req)
	v.must(err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	v.must(err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (v visitor) get(path string) answer { v.Helper(); return v.do(http.MethodGet, path, nil) }

func (v visitor) post(path string, pairs ...string) answer {
	v.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

// member is somebody who signed in and chose a password.
func (h house) member(tenant, login string, role desk.Role) visitor {
	h.Helper()
	u, password := console.NewPerson(login, strings.ToUpper(login), time.Now())
	_, err := h.store.Invite(h.Context(), tenant, "test", u, role)
	h.must(err)
	u.OneTime = false // to spare the tests a hash
	h.must(h.store.SetPassword(h.Context(), u, [32]byte{}))
	v := h.visitor()
	if a := v.post("/console/sign-in", "login", login, "password", password); a.status != http.StatusSeeOther {
		h.Fatalf("%s cannot sign in: %d", login, a.status)
	}
	return v
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// submitted writes a submission of one attempt.
func (h house) submitted(subject string, change func(*review.Submission)) review.Submission {
	h.Helper()
	id := newID()
	sub := review.Submission{ID: id, Tenant: tenant, SubjectRef: subject, Profile: "default", CreatedAt: time.Now(), Attempts: []review.Attempt{{
		ID: newID(), SubmissionID: id, Number: 1, State: review.Queued, CreatedAt: time.Now(),
		Declared:  review.Declared{HolderType: review.Organisation, Name: "样本科技有限公司", CredentialType: "YYZZ", Number: "91110000SPECIMEN0X"},
		Documents: []review.Document{{ID: newID(), Role: review.Licence, Extension: "jpg", Size: 3, SHA256: "abc", BlobKey: "k-" + id}},
	}}}
	if change != nil {
		change(&sub)
	}
	_, _, err := h.store.Submit(h.Context(), tenant, "", [32]byte{}, sub)
	h.must(err)
	return sub
}

// reviewed writes a submission with its outcome.
func (h house) reviewed(subject string, o review.Outcome, change func(*review.Submission)) review.Submission {
	h.Helper()
	sub := h.submitted(subject, change)
	c, err := h.store.Claim(h.Context(), sub.Attempts[0].ID, "worker", time.Minute)
	h.must(err)
	results, err := h.store.Record(h.Context(), []pipeline.Decision{{AttemptID: c.Attempt.ID, Epoch: c.Epoch, Outcome: o, Facts: review.Facts{Declared: c.Attempt.Declared}}})
	h.must(err)
	h.must(results[0])
	return sub
}

func (h house) count(sql string, args ...any) (n int) {
	h.Helper()
	h.must(h.pool.QueryRow(h.Context(), sql, args...).Scan(&n))
	return n
}

func (a answer) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.body, s) {
			t.Errorf("the page (%d) lacks %q:\n%s", a.status, s, a.body)
		}
	}
}

func (a answer) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(a.body, s) {
			t.Errorf("the page (%d) holds %q", a.status, s)
		}
	}
}

func (a answer) is(t *testing.T, status int) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, fmt.Sprintf("%.300s", a.body))
	}
}

// memory keeps documents.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) (io.ReadCloser, error) {
	data, ok := m[key]
	if !ok {
		return nil, review.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
