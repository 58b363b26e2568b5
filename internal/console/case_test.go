package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// mismatch is a rejection because of a name, with its box.
func mismatch() review.Outcome {
	return review.Outcome{Kind: review.Rejected, Primary: review.RegistrantInfoMismatch, Reasons: []review.Reason{review.RegistrantInfoMismatch}, RuleSet: "r1",
		Findings: []review.Finding{{Check: "NAM-01", Detail: "name_differs", Reason: review.RegistrantInfoMismatch, Severity: review.Fail, Field: review.FieldName,
			Declared: "样本科枝有限公司", Read: "样本科技有限公司", Evidence: review.Evidence{Role: review.Licence, Box: &review.Box{X: 10, Y: 10, W: 40, H: 12}}}}}
}

func TestASubmissionIsShownWithItsFindingsAndMasked(t *testing.T) {
	h := newHouse(t)
	sub := h.reviewed("example.cn", mismatch(), func(s *review.Submission) { s.HoldAt = time.Now().Add(3 * time.Hour) })
	v := h.member(tenant, "anna", desk.Viewer)
	a := v.get("/console/submissions/" + sub.ID)
	a.is(t, http.StatusOK)
	a.has(t, "example.cn", "Rejected", "NAM-01", "2 h left", "r1")
	a.lacks(t, "样本科枝有限公司", "样本科技有限公司", "91110000SPECIMEN0X")
}

func TestTheListFindsByFilterAndByNumber(t *testing.T) {
	h := newHouse(t)
	h.reviewed("wrong.cn", mismatch(), nil)
	h.submitted("open.cn", func(s *review.Submission) { s.Attempts[0].Declared.Number = "SPECIMEN7" })
	v := h.member(tenant, "anna", desk.Viewer)
	a := v.get("/console/submissions?standing=rejected&reason=registrant_info_mismatch")
	a.has(t, "wrong.cn")
	a.lacks(t, "open.cn")
	a = v.get("/console/submissions?q=open")
	a.has(t, "open.cn")
	a.lacks(t, "wrong.cn")
	a = v.post("/console/submissions", "number", " specimen 7")
	a.has(t, "open.cn")
	a.lacks(t, "wrong.cn", "SPECIMEN7")
	v.get("/console/submissions?standing=bogus&reason=%27&after=x&due=1").is(t, http.StatusOK)
	v.get("/console/").has(t, "In review")
}

func TestAnotherTenantsSubmissionIsNotThere(t *testing.T) {
	h := newHouse(t)
	sub := h.reviewed("secret.cn", mismatch(), nil)
	h.must(h.store.EnsureTenant(t.Context(), "other", "Other"))
	v := h.member("other", "eve", desk.Admin)
	v.get("/console/submissions/"+sub.ID).is(t, http.StatusNotFound)
	for _, path := range []string{"/console/", "/console/submissions", "/console/submissions?q=secret", "/console/submissions?q=" + sub.ID} {
		v.get(path).lacks(t, "secret.cn")
	}
}

func TestPagesComeInBothLanguages(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Viewer)
	v.get("/console/").has(t, `lang="en"`, "Overview")
	v.post("/console/preferences", "lang", "zh-CN", "next", "/console/").is(t, http.StatusSeeOther)
	v.get("/console/").has(t, `lang="zh-CN"`, "概览")
	v.post("/console/preferences", "theme", "dark")
	v.get("/console/").has(t, `data-theme="dark"`)
	for _, bad := range []string{"fr", "light; Secure", strings.Repeat("x", 60_000)} { // a browser keeps what we know alone
		if a := v.post("/console/preferences", "lang", bad, "theme", bad); a.header.Get("Set-Cookie") != "" {
			t.Errorf("a choice of %.20q is kept", bad)
		}
	}
}

func TestAFewAttemptsAreShownAsOneWay(t *testing.T) {
	h := newHouse(t)
	sub := h.reviewed("again.cn", mismatch(), nil)
	v := h.member(tenant, "olga", desk.Operator)
	v.get("/console/submissions/"+sub.ID).lacks(t, `class="way"`)
	_, err := h.store.Resubmit(t.Context(), tenant, sub.ID, review.Attempt{ID: newID(), CreatedAt: time.Now(), Declared: sub.Attempts[0].Declared})
	h.must(err)
	a := v.get("/console/submissions/" + sub.ID)
	a.has(t, `class="way"`, `href="#attempt-1"`, `href="#attempt-2"`)
	if strings.Index(a.body, `href="#attempt-1"`) > strings.Index(a.body, `href="#attempt-2"`) {
		t.Error("the way begins at its end")
	}
}

// Whoever sends a notice again comes back to the page where they were.
func TestANoticeIsSentAgainFromTheSubmissionToo(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.PutEndpoint(h.Context(), review.Endpoint{ID: newID(), Tenant: tenant, Kind: review.Email, Enabled: true}))
	sub := h.reviewed("told.cn", mismatch(), nil)
	_, err := h.pool.Exec(t.Context(), `update deliveries set state = 'exhausted', finished_at = now()`)
	h.must(err)
	var id string
	h.must(h.pool.QueryRow(t.Context(), `select id::text from deliveries`).Scan(&id))
	page := "/console/submissions/" + sub.ID
	h.member(tenant, "vera", desk.Viewer).get(page).lacks(t, "/replay")
	v := h.member(tenant, "olga", desk.Operator)
	v.get(page).has(t, "Outcome of a review", "/console/deliveries/"+id+"/replay", `name="next" value="`+page+`"`)
	for next, to := range map[string]string{page: page + "?done=done_replayed", "https://evil.example/": "/console/?done=done_replayed", "": "/console/deliveries?done=done_replayed",
		"/console/deliveries?state=exhausted": "/console/deliveries?state=exhausted&done=done_replayed"} {
		_, err := h.pool.Exec(t.Context(), `update deliveries set state = 'exhausted'`)
		h.must(err)
		if got := location(v.post("/console/deliveries/"+id+"/replay", "next", next)); got != to {
			t.Errorf("from %q it leads to %q, not to %q", next, got, to)
		}
	}
	if n := h.count(`select count(*) from deliveries where state = 'due'`); n != 1 {
		t.Error("it is not due")
	}
}
