package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/auth"
	"realname/internal/console"
	"realname/internal/desk"
	"realname/internal/review"
)

// things are one of each that a route names by its id, with the beginning of the
// address.
func things(h house) map[string]string {
	h.Helper()
	h.must(h.store.PutEndpoint(h.Context(), review.Endpoint{ID: newID(), Tenant: tenant, Kind: review.Email, Enabled: true}))
	sub := h.queued("secret.cn", time.Hour)
	parked := h.submitted("parked.cn", nil)
	_, err := h.pool.Exec(h.Context(), `update attempts set state = 'parked', crashes = 3, parked_cause = 'the reader hung' where submission_id = $1`, parked.ID)
	h.must(err)
	olga := h.member(tenant, "olga", desk.Operator)
	action := location(olga.post("/console/actions", "filter", "standing=parked", "kind", "assign", "assignee", h.userID("olga")))
	h.worked()
	b := review.Batch{ID: newID(), Tenant: tenant, Profile: "default", SHA256: "x", Size: 2048, CreatedAt: time.Now()}
	_, _, err = h.store.CreateBatch(h.Context(), b)
	h.must(err)
	var delivery string
	h.must(h.pool.QueryRow(h.Context(), `select id::text from deliveries limit 1`).Scan(&delivery))
	key, _ := auth.NewKey(tenant, auth.ScopeRead)
	key.Name = "the secret program"
	h.must(h.store.CreateAPIKey(h.Context(), key))
	fixed, _ := h.refusedBatch(bracket(), "fixed.cn")
	fix := location(olga.post("/console/batches/"+fixed+"/fix", "detail", "name_bracket", "reseller", "r1"))
	replay := location(olga.post("/console/replays", "days", "7", "overrides", ""))
	h.replayed()
	olga.post("/console/filters", "name", "the secret filter", "filter", "standing=parked", "shared", "1")
	var filter string
	h.must(h.pool.QueryRow(h.Context(), `select id::text from saved_filters`).Scan(&filter))
	return map[string]string{"replays": replay[strings.LastIndexByte(replay, '/')+1:], "fixes": fix[strings.LastIndexByte(fix, '/')+1:], "filters": filter, "keys": key.ID, "submissions": sub.ID, "documents": sub.Attempts[0].Documents[0].ID, "review": sub.Attempts[0].ID,
		"actions": action[strings.LastIndexByte(action, '/')+1:], "batches": b.ID, "parked": parked.Attempts[0].ID, "deliveries": delivery, "members": h.userID("olga")}
}

// kept is all that a tenant has, as one number.
func (h house) kept() (sum string) {
	h.Helper()
	for _, table := range strings.Fields("submissions attempts standings outcomes decisions claims reveals actions action_items batches deliveries members api_keys saved_filters replays fixes fix_items audit erasures erasure_items") {
		var one string
		h.must(h.pool.QueryRow(h.Context(), `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from `+table+` t where tenant_id = $1`, tenant).Scan(&one))
		sum += table + one + " "
	}
	return sum
}

// Every route that names a thing is tried with a real one by the admin of another
// tenant: it answers as if there were none, and changes nothing.
func TestAnotherTenantsPeopleReachNothing(t *testing.T) {
	h := newHouse(t)
	ids := things(h)
	h.must(h.store.EnsureTenant(t.Context(), "other", "Other"))
	eve := h.member("other", "eve", desk.Admin)
	before := h.kept()
	tried := 0
	for _, row := range h.pages.Table() {
		if !strings.Contains(row.Pattern, "{id}") {
			continue
		}
		kind := strings.Split(row.Pattern, "/")[2]
		id, ok := ids[kind]
		if !ok {
			t.Errorf("%s: say in things what %s is", row.Pattern, kind)
			continue
		}
		tried++
		purpose := "review"
		if strings.HasSuffix(row.Pattern, "/erase") {
			purpose = "person_asks"
		}
		form := []string{"verdict", "approve", "purpose", purpose, "sure", "on", "role", "admin", "tenant", tenant, "reason", "material_unclear", "overlap", "24", "detail", "name_bracket", "reseller", "r1"}
		ask := func(id string) answer {
			path := strings.ReplaceAll(row.Pattern, "{id}", id)
			if row.Method == http.MethodGet {
				return eve.get(path)
			}
			return eve.post(path, form...)
		}
		theirs, none := ask(id), ask(newID())
		if theirs.status != none.status || theirs.status == http.StatusOK || theirs.status == http.StatusForbidden {
			t.Errorf("%s %s answers with %d, and with %d where there is none", row.Method, row.Pattern, theirs.status, none.status)
		}
		theirs.lacks(t, "secret.cn", "parked.cn", "OLGA", "the reader hung", "the secret program", "the secret filter")
	}
	if tried < 10 {
		t.Errorf("only %d routes name a thing", tried)
	}
	if after := h.kept(); after != before {
		t.Errorf("another tenant's admin changed\n%s to\n%s", before, after)
	}
	// The same ids are real: their own people see them.
	admin := h.member(tenant, "anna", desk.Admin)
	for _, path := range []string{"submissions", "actions", "batches", "fixes", "replays"} {
		admin.get("/console/"+path+"/"+ids[path]).is(t, http.StatusOK)
	}
	admin.post("/console/review/"+ids["review"]+"/take").is(t, http.StatusSeeOther)
	admin.get("/console/documents/"+ids["documents"]).is(t, http.StatusOK)
	admin.post("/console/keys/"+ids["keys"]+"/rotate", "overlap", "24").is(t, http.StatusCreated)
	admin.post("/console/keys/"+ids["keys"]+"/revoke").is(t, http.StatusSeeOther)
	admin.post("/console/parked/"+ids["parked"]+"/redrive").is(t, http.StatusSeeOther)
}

// Nobody moves to a tenant where they have no place.
func TestASessionMovesToPlacesOfItsPersonOnly(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.EnsureTenant(t.Context(), "other", "Other"))
	eve := h.member("other", "eve", desk.Admin)
	for _, to := range []string{tenant, "", "nowhere"} {
		eve.post("/console/place", "tenant", to).is(t, http.StatusNotFound)
	}
	eve.get("/console/").has(t, "Other")
}

func TestWhoWorksForTwoChangesBetweenThem(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.EnsureTenant(t.Context(), "other", "The Other House"))
	h.reviewed("ours.cn", mismatch(), nil)
	anna := h.member(tenant, "anna", desk.Admin)
	anna.get("/console/").lacks(t, "The Other House")
	_, err := h.store.Invite(t.Context(), "other", "test", desk.User{ID: newID(), Login: "anna", Name: "Anna"}, desk.Viewer)
	h.must(err)
	anna.get("/console/").has(t, `name="tenant" value="other">The Other House`)
	anna.post("/console/place", "tenant", "other").is(t, http.StatusSeeOther)
	anna.get("/console/").has(t, `name="tenant" value="acme">Acme`)
	anna.get("/console/submissions").lacks(t, "ours.cn")
	anna.get("/console/members").is(t, http.StatusForbidden) // there a viewer
}

// No form of another site is taken, on any route, whichever way a browser tells.
func TestNoRouteTakesAFormOfAnotherSite(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	for _, row := range h.pages.Table() {
		if row.Method == http.MethodGet {
			continue
		}
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			req, err := http.NewRequestWithContext(t.Context(), row.Method, h.url+strings.ReplaceAll(row.Pattern, "{id}", newID()), strings.NewReader(""))
			h.must(err)
			req.Header.Set(name, value)
			resp, err := v.Do(req)
			h.must(err)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s %s is answered with %d", row.Pattern, name, value, resp.StatusCode)
			}
		}
	}
}

// Whoever plants a session in a browser is not in it after the sign-in.
func TestASignInMakesASessionOfItsOwn(t *testing.T) {
	h := newHouse(t)
	u, password := console.NewPerson("anna", "Anna", time.Now())
	_, err := h.store.Invite(t.Context(), tenant, "test", u, desk.Viewer)
	h.must(err)
	planted := &http.Cookie{Name: "realname", Value: strings.Repeat("A", 52), Path: "/"}
	victim, attacker := h.visitor(), h.visitor()
	for _, v := range []visitor{victim, attacker} {
		v.Jar.SetCookies(mustURL(h.url+"/"), []*http.Cookie{planted})
	}
	victim.post("/console/sign-in", "login", "anna", "password", password).is(t, http.StatusSeeOther)
	victim.get("/console/password").is(t, http.StatusOK)
	attacker.get("/console/password").is(t, http.StatusSeeOther)
}
