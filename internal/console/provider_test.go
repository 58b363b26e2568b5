package console_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"realname/internal/auth/openid"
	"realname/internal/console"
	"realname/internal/desk"
	"realname/internal/testenv"
)

// withProvider gives a house a real provider whose groups lead to acme.
func withProvider(h house) *testenv.OpenID {
	h.Helper()
	op := testenv.NewOpenID(h, h.url+"/console/sign-in/back")
	p, err := openid.New(openid.Config{Issuer: op.URL, ClientID: testenv.OpenIDClient, Secret: testenv.OpenIDSecret, Scopes: []string{"profile", "email"},
		Callback: h.url + "/console/sign-in/back", Claim: "groups", Grants: []openid.Grant{{Value: "staff", Tenant: tenant, Role: desk.Viewer}, {Value: "leads", Tenant: tenant, Role: desk.Admin}}})
	h.must(err)
	h.pages.Provider = p
	return op
}

var anna = testenv.Person{Subject: "p-1", Name: "Anna", Email: "Anna@Example.com", Verified: true}

// follows goes where it is led, as a browser does, until an address of ours shows a page.
func (v visitor) follows(path string) answer {
	v.Helper()
	address := v.url + path
	for range 10 {
		req, err := http.NewRequestWithContext(v.Context(), http.MethodGet, address, nil)
		v.must(err)
		req.Header.Set("Accept-Language", "en")
		resp, err := v.Do(req)
		v.must(err)
		_ = resp.Body.Close()
		to, err := resp.Location()
		if err != nil {
			return v.get(strings.TrimPrefix(address, v.url))
		}
		address = to.String()
		if strings.HasPrefix(address, v.url+"/console/sign-in/back") {
			return v.get(strings.TrimPrefix(address, v.url))
		}
	}
	v.Fatal("the way does not end")
	return answer{}
}

// signsIn goes by the provider.
func (v visitor) signsIn(next string) answer {
	v.Helper()
	return v.follows("/console/sign-in/provider?next=" + url.QueryEscape(next))
}

func TestWhomNobodyGaveAPlaceGetsNothing(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	h.member(tenant, "boss", desk.Admin)
	people := h.count(`select count(*) from users`)
	for rule, who := range map[string]testenv.Person{
		"unknown":                      {Subject: "p-0", Name: "Eve", Email: "eve@example.com", Verified: true},
		"in groups that give nothing":  {Subject: "p-0", Name: "Eve", Email: "eve@example.com", Verified: true, Groups: []string{"strangers"}},
		"with no address and no group": {Subject: "p-0"},
	} {
		op.Be(who)
		v := h.visitor()
		a := v.signsIn("/console/")
		a.is(t, http.StatusUnauthorized)
		a.has(t, "not a member of any organisation")
		if v.get("/console/").status != http.StatusSeeOther {
			t.Errorf("somebody %s is in", rule)
		}
	}
	if n := h.count(`select count(*) from users`); n != people {
		t.Errorf("%d strangers are kept", n-people)
	}
}

func TestAVerifiedAddressLetsInWhomAnAdminInvited(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	u, password := console.NewPerson("anna@example.com", "Anna", h.pages.Now())
	_, err := h.store.Invite(t.Context(), tenant, "test", u, desk.Reviewer)
	h.must(err)

	unverified := anna
	unverified.Verified = false
	op.Be(unverified)
	h.visitor().signsIn("/console/").is(t, http.StatusUnauthorized)
	if n := h.count(`select count(*) from users where subject <> ''`); n != 0 {
		t.Error("an address that nobody verified links a person")
	}

	// Whoever invited her knows her first password, and may have a session by it.
	hijacker := h.visitor()
	hijacker.post("/console/sign-in", "login", u.Login, "password", password).is(t, http.StatusSeeOther)
	op.Be(anna)
	v := h.visitor()
	a := v.signsIn("/console/review?x=1")
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != "/console/review?x=1" {
		t.Fatalf("status %d, leads to %q: %.300s", a.status, to, a.body)
	}
	v.get("/console/review").is(t, http.StatusOK)
	hijacker.get("/console/password").is(t, http.StatusSeeOther)
	h.visitor().post("/console/sign-in", "login", u.Login, "password", password).is(t, http.StatusUnauthorized)
	v.get("/console/password").has(t, "have no password here")
	if n := h.count(`select count(*) from audit where action = 'member.link' and subject = $1 and tenant_id = $2`, u.ID, tenant); n != 1 {
		t.Errorf("the link is written %d times", n)
	}

	// The next one with her address is somebody else.
	op.Be(testenv.Person{Subject: "p-2", Name: "Anna", Email: anna.Email, Verified: true})
	h.visitor().signsIn("/console/").is(t, http.StatusUnauthorized)
	// She stays herself when her address changes.
	op.Be(testenv.Person{Subject: anna.Subject, Name: "Anna", Email: "new@example.com"})
	h.visitor().signsIn("/console/").is(t, http.StatusSeeOther)

	boss := h.member(tenant, "boss", desk.Admin)
	boss.post("/console/members/"+u.ID+"/reset").is(t, http.StatusConflict) // a password would lead past the provider
}

func TestGroupsGiveAndTakeARole(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	who := anna
	who.Groups = []string{"staff", "else"}
	op.Be(who)
	v := h.visitor()
	v.signsIn("/console/").is(t, http.StatusSeeOther)
	v.get("/console/").is(t, http.StatusOK)
	v.get("/console/members").is(t, http.StatusForbidden)

	who.Groups = []string{"staff", "leads"}
	op.Be(who)
	again := h.visitor()
	again.signsIn("/console/").is(t, http.StatusSeeOther)
	again.get("/console/members").has(t, "The role comes from the organisation")

	who.Groups = nil
	op.Be(who)
	h.visitor().signsIn("/console/").is(t, http.StatusForbidden)
	for _, old := range []visitor{v, again} { // at once, everywhere
		if a := old.get("/console/"); a.status != http.StatusSeeOther {
			t.Errorf("a session of somebody without groups: %d", a.status)
		}
	}
	var deeds string
	h.must(h.pool.QueryRow(t.Context(), `select string_agg((detail->>'from') || '>' || (detail->>'to'), ' ' order by id) from audit where actor = 'openid' and action = 'member.role'`).Scan(&deeds))
	if deeds != ">viewer viewer>admin admin>" {
		t.Errorf("the audit trail says %q", deeds)
	}
}

func TestARoleThatAnAdminGaveIsNotTheProviders(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	who := anna
	who.Groups = []string{"leads"}
	op.Be(who)
	h.visitor().signsIn("/console/").is(t, http.StatusSeeOther)
	boss := h.member(tenant, "boss", desk.Admin)
	var id string
	h.must(h.pool.QueryRow(t.Context(), `select id::text from users where subject <> ''`).Scan(&id))
	boss.post("/console/members/"+id+"/role", "role", "viewer").is(t, http.StatusSeeOther)
	v := h.visitor()
	v.signsIn("/console/").is(t, http.StatusSeeOther)
	v.get("/console/members").is(t, http.StatusForbidden)
	who.Groups = nil
	op.Be(who)
	h.visitor().signsIn("/console/").is(t, http.StatusSeeOther)
}

func TestASignInByTheProviderMakesANewSession(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	who := anna
	who.Groups = []string{"staff"}
	op.Be(who)
	v := h.visitor()
	v.signsIn("/console/").is(t, http.StatusSeeOther)
	old, err := cookiejar.New(nil)
	h.must(err)
	old.SetCookies(mustURL(h.url), v.Jar.Cookies(mustURL(h.url)))
	v.signsIn("/console/").is(t, http.StatusSeeOther)
	before := h.visitor()
	before.Jar = old
	if a := before.get("/console/"); a.status != http.StatusSeeOther {
		t.Errorf("the session before the sign-in: %d", a.status)
	}
	v.get("/console/").is(t, http.StatusOK)
	a := v.post("/console/sign-out")
	v.get(a.header.Get("Location")).has(t, "You have signed out", op.URL+"/end_session?client_id=realname")
	v.get("/console/").is(t, http.StatusSeeOther)
}

func TestNobodyEndsASignInThatAnotherBegan(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	who := anna
	who.Groups = []string{"staff"}
	op.Be(who)
	// The attacker's answer, sent to a victim's browser.
	attacker := h.visitor()
	to := attacker.get("/console/sign-in/provider").header.Get("Location")
	var answer string
	for range 5 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
		h.must(err)
		resp, err := attacker.Do(req)
		h.must(err)
		_ = resp.Body.Close()
		next, err := resp.Location()
		h.must(err)
		if to = next.String(); strings.HasPrefix(to, h.url) {
			answer = strings.TrimPrefix(to, h.url)
			break
		}
	}
	victim := h.visitor()
	victim.get(answer).has(t, "begun in another browser")
	victim.get("/console/sign-in/provider")
	victim.get(answer).is(t, http.StatusBadRequest)
	victim.get("/console/").is(t, http.StatusSeeOther)
	attacker.get(answer).is(t, http.StatusSeeOther)
	attacker.get(answer).is(t, http.StatusSeeOther) // loaded twice
	h.visitor().get("/console/sign-in/back").is(t, http.StatusBadRequest)
}

func TestTheProviderLeadsToPagesOfOursOnly(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	who := anna
	who.Groups = []string{"staff"}
	op.Be(who)
	for _, next := range []string{"https://evil.example/", "//evil.example", "/console/../v1", "/console/\\evil", ""} {
		if to := h.visitor().signsIn(next).header.Get("Location"); to != "/console/" {
			t.Errorf("next %q leads to %q", next, to)
		}
	}
	// A cookie that somebody wrote by hand is no way out either.
	v := h.visitor()
	v.Jar.SetCookies(mustURL(h.url+"/"), []*http.Cookie{{Name: "realname-ask", Value: "x." + "aHR0cHM6Ly9ldmlsLmV4YW1wbGU", Path: "/"}})
	v.get("/console/sign-in/back?state=x").lacks(t, "evil.example")
}

func TestAProviderThatIsDownLeavesTheOtherWayIn(t *testing.T) {
	h := newHouse(t)
	op := withProvider(h)
	op.Close()
	v := h.visitor()
	a := v.get("/console/sign-in/provider")
	a.is(t, http.StatusServiceUnavailable)
	a.has(t, "cannot be used just now", `name="password"`)
	h.member(tenant, "boss", desk.Admin).get("/console/").is(t, http.StatusOK)
}

func TestAProviderThatSaysNoIsNotOurFault(t *testing.T) {
	h := newHouse(t)
	withProvider(h)
	v := h.visitor()
	state := mustURL(v.get("/console/sign-in/provider").header.Get("Location")).Query().Get("state")
	a := v.get("/console/sign-in/back?error=access_denied&state=" + url.QueryEscape(state))
	a.is(t, http.StatusUnauthorized)
	a.has(t, "did not confirm who you are")
}

func TestWithoutAProviderThereIsOneWayIn(t *testing.T) {
	h := newHouse(t)
	h.visitor().get("/console/sign-in").lacks(t, "sign-in/provider")
	h.visitor().get("/console/sign-in/provider").is(t, http.StatusNotFound)
	h.visitor().get("/console/sign-in/back?state=x").is(t, http.StatusNotFound)
}
