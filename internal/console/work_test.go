package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// worked does all open deeds.
func (h house) worked() {
	h.Helper()
	for {
		more, err := h.store.StepAction(h.Context())
		h.must(err)
		if !more {
			return
		}
	}
}

func (h house) userID(login string) (id string) {
	h.Helper()
	h.must(h.pool.QueryRow(h.Context(), `select id::text from users where login = $1`, login).Scan(&id))
	return id
}

func TestABulkActionCountsFirstAndCanBeUndone(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"a.cn", "b.cn"} {
		h.reviewed(name, mismatch(), func(s *review.Submission) { s.HoldAt = time.Now().Add(24 * time.Hour).Truncate(time.Second) })
	}
	h.submitted("open.cn", nil)
	v := h.member(tenant, "olga", desk.Operator)
	for _, c := range []struct {
		kind, does string // a query that is true for what the deed does
		pairs      []string
	}{
		{"assign", `select count(*) from standings where assignee is not null`, []string{"assignee", h.userID("olga")}},
		{"extend", `select count(*) from standings where deadline > now() + interval '5 days'`, []string{"days", "5"}},
		{"review_again", `select count(*) from attempts where number = 2 and state = 'queued' and retry_at > now()`, nil},
	} {
		form := append([]string{"filter", "standing=rejected", "kind", c.kind}, c.pairs...)
		v.post("/console/actions/plan", form...).has(t, `id="count">2<`)
		if n := h.count(c.does); n != 0 {
			t.Errorf("%s: counting did it to %d", c.kind, n)
		}
		to := location(v.post("/console/actions", form...))
		if !strings.HasPrefix(to, "/console/actions/") {
			t.Fatalf("%s leads to %q", c.kind, to)
		}
		h.worked()
		if n := h.count(c.does); n != 2 {
			t.Errorf("%s was done to %d", c.kind, n)
		}
		v.get(to).has(t, "Done", `id="done">2<`, "Undo")
		v.post(to+"/undo").is(t, http.StatusSeeOther)
		h.worked()
		if n := h.count(c.does); n != 0 {
			t.Errorf("%s is left at %d after undo", c.kind, n)
		}
		if n := h.count(`select count(*) from standings where standing = 'rejected' and reason = 'registrant_info_mismatch'`); n != 2 {
			t.Errorf("%s: %d stand as before", c.kind, n)
		}
		v.get(to).has(t, "Undone")
	}
	v.get("/console/actions").has(t, "Assign", "OLGA")
}

func TestABulkActionLeavesOutWhatItDoesNotFit(t *testing.T) {
	h := newHouse(t)
	h.reviewed("done.cn", mismatch(), nil)
	h.submitted("open.cn", nil)
	v := h.member(tenant, "olga", desk.Operator)
	to := location(v.post("/console/actions", "filter", "", "kind", "withdraw"))
	h.worked()
	a := v.get(to)
	a.has(t, `id="done">1<`, "What it left alone", "done.cn", "can be withdrawn")
	a.lacks(t, "open.cn")
	if n := h.count(`select count(*) from attempts where state = 'withdrawn'`); n != 1 {
		t.Errorf("%d were withdrawn", n)
	}
	v.post(to+"/undo").is(t, http.StatusNotFound) // that cannot be undone
	for _, bad := range [][]string{{"kind", "destroy"}, {"kind", "extend", "days", "31"}, {"kind", "assign", "assignee", newID()}} {
		v.post("/console/actions/plan", append([]string{"filter", ""}, bad...)...).is(t, http.StatusNotFound)
	}
}

func TestOutcomesAreTalliedAndShown(t *testing.T) {
	h := newHouse(t)
	h.reviewed("a.cn", mismatch(), nil)
	h.reviewed("b.cn", review.Outcome{Kind: review.Approved}, nil)
	for range 2 { // counting again changes nothing
		h.must(h.store.Tally(t.Context()))
	}
	if n := h.count(`select sum(n)::int from tallies`); n != 2 {
		t.Errorf("%d outcomes were tallied", n)
	}
	h.member(tenant, "anna", desk.Viewer).get("/console/").has(t, "Outcomes by day", "1st", `<rect class="rejected"`)
}

func TestParkedWorkIsRedriven(t *testing.T) {
	h := newHouse(t)
	sub := h.submitted("a.cn", nil)
	_, err := h.pool.Exec(t.Context(), `update attempts set state = 'parked', crashes = 3, parked_cause = 'the reader hung'`)
	h.must(err)
	v := h.member(tenant, "olga", desk.Operator)
	v.get("/console/parked").has(t, "a.cn", "the reader hung")
	v.post("/console/parked/"+sub.Attempts[0].ID+"/redrive").is(t, http.StatusSeeOther)
	if n := h.count(`select count(*) from attempts a join outbox o on o.ref = a.id where a.state = 'queued' and a.crashes = 0`); n == 0 {
		t.Error("it is not queued again")
	}
	v.get("/console/parked").lacks(t, "a.cn")
	v.post("/console/parked/"+sub.Attempts[0].ID+"/redrive").is(t, http.StatusNotFound)
}

func TestABatchIsFollowedLive(t *testing.T) {
	h := newHouse(t)
	b := review.Batch{ID: newID(), Tenant: tenant, Profile: "default", SHA256: "x", Size: 2048, CreatedAt: time.Now()}
	_, _, err := h.store.CreateBatch(t.Context(), b)
	h.must(err)
	v := h.member(tenant, "anna", desk.Viewer)
	v.get("/console/batches").has(t, b.ID, "Received", "2 KB")
	v.get("/console/batches/"+b.ID).has(t, "data-live-url")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/console/batches/"+b.ID+"/live", nil)
	h.must(err)
	resp, err := v.Do(req)
	h.must(err)
	defer func() { _ = resp.Body.Close() }()
	buf := make([]byte, 200)
	n, err := resp.Body.Read(buf)
	h.must(err)
	if got := string(buf[:n]); !strings.HasPrefix(got, "event: progress\ndata: {") {
		t.Errorf("the page is told %q", got)
	}
}

func TestEveryPageIsRenderedForAnAdmin(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	for _, path := range []string{"", "submissions", "review", "batches", "actions", "parked", "deliveries", "reasons", "members", "password"} {
		v.get("/console/"+path).is(t, http.StatusOK)
	}
}

// Rule: a tenant whose only endpoint disabled itself is told by the first page.
func TestTheOverviewTellsOfEndpointsThatDisabledThemselves(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "vera", desk.Viewer)
	e := review.Endpoint{ID: newID(), Tenant: tenant, Kind: review.Webhook, Target: "https://registrar.example/hook", Enabled: true}
	h.must(h.store.PutEndpoint(t.Context(), e))
	for sql, want := range map[string]bool{`update endpoints set enabled = false, disabled_cause = ''`: false, `update endpoints set enabled = false, disabled_cause = 'failing'`: true} {
		_, err := h.pool.Exec(t.Context(), sql)
		h.must(err)
		if told := strings.Contains(v.get("/console/").body, "disabled themselves: 1"); told != want {
			t.Errorf("%s: told %v, want %v", sql, told, want)
		}
	}
}
