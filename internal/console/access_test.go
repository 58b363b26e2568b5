package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/rs/zerolog"

	"realname/internal/auth"
	"realname/internal/desk"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

// signedIn opens a session without a password.
func signedIn(t *testing.T, store *postgres.Store, tenant, login string, role desk.Role) string {
	t.Helper()
	u := desk.User{ID: uuid.Must(uuid.NewV7()).String(), Login: login, Name: login}
	if _, err := store.Invite(t.Context(), tenant, "test", u, role); err != nil {
		t.Fatal(err)
	}
	secret, hash := auth.NewSession()
	if err := store.OpenSession(t.Context(), hash, u, tenant, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return secret
}

// hangsUp goes once something arrived: some pages go on for ever.
type hangsUp struct {
	*httptest.ResponseRecorder
	cancel context.CancelFunc
}

func (h hangsUp) Flush() { h.cancel() }

// Every route is tried by nobody, by every role, and with a session that is made up.
func TestEveryRouteIsForItsRoleOnly(t *testing.T) {
	store := postgres.New(testenv.Postgres(t))
	for _, tenant := range []string{"acme", "other"} {
		if err := store.EnsureTenant(t.Context(), tenant, tenant); err != nil {
			t.Fatal(err)
		}
	}
	c := &Console{People: store, Cases: store, Desk: store, Actions: store, Work: store, Keys: store, Rules: rules.Default(), Now: time.Now, Log: zerolog.Nop()}
	h := c.Handler()
	ask := func(rt route, secret string) int {
		path := strings.NewReplacer("{id}", "018f0000-0000-7000-8000-000000000000", "{name}", "console.css", "{$}", "").Replace(rt.pattern)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, rt.method, "http://localhost"+path, strings.NewReader(""))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if secret != "" {
			r.AddCookie(&http.Cookie{Name: "realname", Value: secret})
		}
		w := hangsUp{httptest.NewRecorder(), cancel}
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d", rt.method, rt.pattern, w.Code)
		}
		if w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/console/sign-in") && rt.pattern != "/console/sign-out" {
			return http.StatusUnauthorized
		}
		return w.Code
	}
	for _, rt := range c.routes() {
		got := ask(rt, "")
		if refused := got == http.StatusUnauthorized || got == http.StatusSeeOther; rt.need != open && !refused || rt.need == open && got == http.StatusForbidden {
			t.Errorf("%s %s answers nobody with %d", rt.method, rt.pattern, got)
		}
		for _, role := range desk.Roles {
			// Some routes end the session: each is tried with its own.
			secret := signedIn(t, store, "acme", strings.ToLower(rt.method+rt.pattern+string(role)), role)
			got := ask(rt, secret)
			may := rt.need.who != member || role.Allows(rt.need.role)
			if may == (got == http.StatusForbidden) {
				t.Errorf("%s %s, which needs %q, answers a %s with %d", rt.method, rt.pattern, rt.need.role, role, got)
			}
		}
		if rt.need.who != member {
			continue
		}
		if got := ask(rt, strings.Repeat("A", 52)); got != http.StatusUnauthorized {
			t.Errorf("%s %s answers a made-up session with %d", rt.method, rt.pattern, got)
		}
	}
}

// Whoever forgets the access of a row gets no program.
func TestARouteWithoutAccessDoesNotCompile(t *testing.T) {
	dir := t.TempDir()
	row, overlay := filepath.Join(dir, "row.go"), filepath.Join(dir, "overlay.json")
	here, err := filepath.Abs("row.go")
	if err != nil {
		t.Fatal(err)
	}
	places, _ := json.Marshal(map[string]map[string]string{"Replace": {here: row}}) // texts always marshal
	if err := os.WriteFile(overlay, places, 0o600); err != nil {
		t.Fatal(err)
	}
	for source, compiles := range map[string]bool{
		`newRoute("GET", "/console/new", viewer, nil)`:   true,
		`newRoute("GET", "/console/new", nil)`:           false,
		`newRoute("GET", "/console/new", "viewer", nil)`: false,
		`newRoute("GET", "/console/new", nil, nil)`:      false,
	} {
		if err := os.WriteFile(row, []byte("package console\n\nvar _ = "+source+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, ".").CombinedOutput()
		if (err == nil) != compiles {
			t.Errorf("%s: %v %s", source, err, out)
		}
	}
}

func TestTheZeroAccessLetsNobodyIn(t *testing.T) {
	c := &Console{}
	if err := c.admit(&request{Request: httptest.NewRequest(http.MethodGet, "/", nil)}, access{}); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("it answers with %v", err)
	}
}
