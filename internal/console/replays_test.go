package console_test

import (
	"net/http"
	"strings"
	"testing"

	"realname/internal/desk"
	"realname/internal/review"
)

// replayed does all open replays.
func (h house) replayed() {
	h.Helper()
	for {
		more, err := h.pages.StepReplay(h.Context())
		h.must(err)
		if !more {
			return
		}
	}
}

func TestAReplayReportsAndChangesNothing(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.EnsureTenant(t.Context(), "other", "Other"))
	sub := h.reviewed("flips.cn", mismatch(), nil) // what was declared alone does not lead there
	h.submitted("open.cn", nil)
	before := h.kept()
	v := h.member(tenant, "olga", desk.Operator)
	form := []string{"days", "7", "overrides", ""}
	to := location(v.post("/console/replays", form...))
	v.get(to).has(t, "Waiting", "data-live-url")
	v.post("/console/replays", form...).has(t, "A replay is still under way")
	h.replayed()
	a := v.get(to)
	a.has(t, "Done", `id="total">1<`, `id="flips">1<`, "100.00 %", sub.ID, "NAM-01")
	a.lacks(t, "样本科枝有限公司", "data-live-url")
	v.get("/console/replays").has(t, to, "1 / 1")
	if after := h.kept(); strings.Split(after, "members")[0] != strings.Split(before, "members")[0] { // olga came meanwhile
		t.Error("a replay changed something")
	}
	if n := h.count(`select count(*) from audit where action = 'replay.start' and actor = 'user:olga'`); n != 1 {
		t.Errorf("%d rows in the audit trail", n)
	}

	eve := h.member("other", "eve", desk.Operator)
	to = location(eve.post("/console/replays", form...))
	h.replayed()
	eve.get(to).has(t, `id="total">0<`, "No outcome would change")
}

func TestAReplayTriesOtherRules(t *testing.T) {
	h := newHouse(t)
	o := review.Outcome{Kind: review.Approved, RuleSet: "r1"}
	h.reviewed("was-approved.cn", o, nil)
	v := h.member(tenant, "olga", desk.Operator)
	a := v.post("/console/replays", "days", "1", "overrides", "limits: {no_such_limit: 7}")
	a.is(t, http.StatusUnprocessableEntity)
	a.has(t, "the rules are wrong", "no_such_limit: 7") // what was typed stays
	v.post("/console/replays", "days", "9", "overrides", "").is(t, http.StatusNotFound)
	to := location(v.post("/console/replays", "days", "1", "overrides", "limits: {max_side: 3000}"))
	h.replayed()
	v.get(to).has(t, "Done", "limits: {max_side: 3000}")
	if n := h.count(`select count(*) from replays where rule_set <> $1`, h.pages.Rules.Version); n != 1 {
		t.Error("the report does not say that other rules were tried")
	}
	h.member(tenant, "vera", desk.Viewer).get("/console/replays").lacks(t, "<textarea")
}
