package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/console"
	"realname/internal/desk"
)

func TestAOneTimePasswordMustBeReplaced(t *testing.T) {
	h := newHouse(t)
	u, password := console.NewPerson("anna", "Anna", time.Now())
	_, err := h.store.Invite(t.Context(), tenant, "test", u, desk.Admin)
	h.must(err)
	v := h.visitor()
	v.post("/console/sign-in", "login", " Anna ", "password", password).is(t, http.StatusSeeOther)
	if a := v.get("/console/members"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/console/password" {
		t.Errorf("a one-time password opens a page: %d", a.status)
	}
	v.post("/console/password", "old", password, "new", "short", "again", "short").has(t, "too short")
	v.post("/console/password", "old", password, "new", "a long enough one", "again", "another").has(t, "differ")
	v.post("/console/password", "old", "wrong", "new", "a long enough one", "again", "a long enough one").has(t, "current password is wrong")
	v.post("/console/password", "old", password, "new", "a long enough one", "again", "a long enough one").is(t, http.StatusSeeOther)
	v.get("/console/members").is(t, http.StatusOK)
	h.visitor().post("/console/sign-in", "login", "anna", "password", password).is(t, http.StatusUnauthorized)
	h.visitor().post("/console/sign-in", "login", "anna", "password", "a long enough one").is(t, http.StatusSeeOther)
}

func TestARefusedSignInSaysTheSameForAllCauses(t *testing.T) {
	h := newHouse(t)
	u, password := console.NewPerson("late", "Late", time.Now())
	u.GoodUntil = time.Now().Add(-time.Second)
	_, err := h.store.Invite(t.Context(), tenant, "test", u, desk.Viewer)
	h.must(err)
	wrong := h.visitor().post("/console/sign-in", "login", "late", "password", "wrong")
	wrong.is(t, http.StatusUnauthorized)
	for rule, a := range map[string]answer{
		"a login that is not known": h.visitor().post("/console/sign-in", "login", "nobody", "password", "wrong"),
		"an expired password":       h.visitor().post("/console/sign-in", "login", "late", "password", password),
	} {
		if a.status != wrong.status || len(a.body)-len("nobody") > len(wrong.body)-len("late") {
			t.Errorf("%s is answered with %d", rule, a.status)
		}
		a.has(t, "The login or the password is wrong")
	}
}

func TestWhoGuessesIsSlowedDown(t *testing.T) {
	h := newHouse(t)
	for range 20 {
		if h.visitor().post("/console/sign-in", "login", "anna", "password", "").status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("twenty guesses in a row were answered")
}

func TestAnotherSiteCannotActForAPerson(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/console/members", strings.NewReader("login=eve&name=Eve&role=admin"))
	h.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := v.Do(req)
	h.must(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site is answered with %d", resp.StatusCode)
	}
}

func TestASessionEndsWithSignOutRoleAndPassword(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Viewer)
	boss := h.member(tenant, "boss", desk.Admin)
	v.get("/console/").is(t, http.StatusOK)
	var id string
	h.must(h.pool.QueryRow(t.Context(), `select id::text from users where login = 'anna'`).Scan(&id))

	boss.post("/console/members/"+id+"/role", "role", "admin").is(t, http.StatusSeeOther)
	v.get("/console/members").is(t, http.StatusOK) // at once
	boss.post("/console/members/"+id+"/role").is(t, http.StatusSeeOther)
	v.get("/console/").is(t, http.StatusSeeOther)

	boss.post("/console/sign-out").is(t, http.StatusSeeOther)
	boss.get("/console/").is(t, http.StatusSeeOther)
	if n := h.count(`select count(*) from sessions`); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	h := newHouse(t)
	boss := h.member(tenant, "boss", desk.Admin)
	var id string
	h.must(h.pool.QueryRow(t.Context(), `select id::text from users`).Scan(&id))
	boss.post("/console/members/"+id+"/role", "role", "viewer").has(t, "keeps at least one admin")
}

func TestNoSecretIsKeptReadable(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Viewer)
	var kept string
	h.must(h.pool.QueryRow(t.Context(), `select (select string_agg(s::text, '') from sessions s) || (select string_agg(u::text, '') from users u)`).Scan(&kept))
	u := v.get("/console/")
	for _, c := range v.Jar.Cookies(mustURL(h.url + "/console/")) {
		if len(c.Value) > 20 && strings.Contains(kept, c.Value) {
			t.Error("the cookie of a session stands in the database")
		}
	}
	u.is(t, http.StatusOK)
}

func TestEveryPageHasItsSafeHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/console/sign-in", "/console/nothing", "/console/static/console.js"} {
		a := h.visitor().get(path)
		for header, want := range map[string]string{
			"Content-Security-Policy": "script-src 'self'", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if !strings.Contains(a.header.Get(header), want) {
				t.Errorf("%s has %s %q", path, header, a.header.Get(header))
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("%s lets in what it should not: %s", path, csp)
		}
	}
}

func TestASignInLeadsToPagesOfOursOnly(t *testing.T) {
	h := newHouse(t)
	u, password := console.NewPerson("anna", "Anna", time.Now())
	_, err := h.store.Invite(t.Context(), tenant, "test", u, desk.Admin)
	h.must(err)
	for _, next := range []string{"https://evil.example/", "//evil.example", "/console/../v1", "/console/\\evil"} {
		a := h.visitor().post("/console/sign-in", "login", "anna", "password", password, "next", next)
		if to := a.header.Get("Location"); to != "/console/" {
			t.Errorf("next %q leads to %q", next, to)
		}
	}
}
