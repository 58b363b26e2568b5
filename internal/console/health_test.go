package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// lane is one lane of the tenant.
func (h house) lane(name desk.LaneName) desk.Lane {
	h.Helper()
	lanes, err := h.store.Lanes(h.Context(), tenant)
	h.must(err)
	for _, l := range lanes {
		if l.Name == name {
			return l
		}
	}
	h.Fatalf("there is no lane %s", name)
	return desk.Lane{}
}

func (h house) change(sql string, args ...any) {
	h.Helper()
	_, err := h.pool.Exec(h.Context(), sql, args...)
	h.must(err)
}

func TestALaneIsSlowOnceSomethingHasBeenDueForTooLong(t *testing.T) {
	h := newHouse(t)
	for name, make := range map[desk.LaneName]struct{ fine, slow string }{
		desk.LaneSingle:    {`update attempts set created_at = now() - interval '1 minute' where id = $1`, `update attempts set created_at = now() - interval '3 minutes' where id = $1`},
		desk.LaneBatch:     {`update attempts set bulk = true, created_at = now() - interval '3 hours' where id = $1`, `update attempts set created_at = now() - interval '5 hours' where id = $1`},
		desk.LaneAuthority: {`update attempts set lane = 'authority', state = 'waiting', ask_at = now() - interval '5 minutes' where id = $1`, `update attempts set ask_at = now() - interval '2 hours' where id = $1`},
	} {
		id := h.submitted(string(name)+".cn", nil).Attempts[0].ID
		h.change(make.fine, id)
		if l := h.lane(name); l.Waiting != 1 || l.Slow() || l.Oldest < time.Minute/2 {
			t.Errorf("%s begins as %+v", name, l)
		}
		h.change(make.slow, id)
		if l := h.lane(name); !l.Slow() {
			t.Errorf("%s is not slow: %+v", name, l)
		}
		h.change(`update attempts set state = 'running', lease_until = now() + interval '1 minute', errors = 1 where id = $1`, id)
		if l := h.lane(name); l.Waiting != 0 || l.Running != 1 || l.Retried != 1 || l.Slow() {
			t.Errorf("%s in somebody's hands is %+v", name, l)
		}
	}
}

// What is to be looked at later is not late.
func TestWhatIsNotDueYetMakesNoLaneSlow(t *testing.T) {
	h := newHouse(t)
	id := h.submitted("later.cn", nil).Attempts[0].ID
	h.change(`update attempts set created_at = now() - interval '1 day', retry_at = now() + interval '1 minute' where id = $1`, id)
	if l := h.lane(desk.LaneSingle); l.Waiting != 0 || l.Slow() {
		t.Errorf("%+v", l)
	}
}

func TestTheOverviewShowsHowTheHouseIs(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.PutEndpoint(h.Context(), review.Endpoint{ID: newID(), Tenant: tenant, Kind: review.Webhook, Name: "billing", Target: "https://receiver.example/", Enabled: true}))
	h.reviewed("person.cn", review.Outcome{Kind: review.ManualReview, RuleSet: "r1"}, nil)
	h.change(`update endpoints set failing_since = now() - interval '1 hour'`)
	h.change(`update standings set changed_at = now() - interval '3 days'`)
	h.must(h.store.EnsureTenant(t.Context(), "other", "Other"))
	v := h.member(tenant, "vera", desk.Viewer)
	a := v.get("/console/")
	a.has(t, "Review of batches", "billing", "Failing since", "Slow", "3 days", "0 reviewed this hour")
	h.must(h.store.Tally(t.Context()))
	v.get("/console/").has(t, "1 reviewed this hour")
	b := h.member("other", "eve", desk.Admin).get("/console/")
	b.is(t, http.StatusOK)
	b.lacks(t, "billing", "Slow", "3 days")
}

func TestTheOverviewIsFollowedLive(t *testing.T) {
	h := newHouse(t)
	h.reviewed("person.cn", review.Outcome{Kind: review.ManualReview, RuleSet: "r1"}, nil)
	v := h.member(tenant, "vera", desk.Viewer)
	v.get("/console/").has(t, `data-live-url="/console/live"`, `<b data-live="manual_review">1</b>`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.url+"/console/live", nil)
	h.must(err)
	resp, err := v.Do(req)
	h.must(err)
	defer func() { _ = resp.Body.Close() }()
	first := make([]byte, 256)
	n, err := resp.Body.Read(first)
	h.must(err)
	if text := string(first[:n]); !strings.Contains(text, "event: progress") || !strings.Contains(text, `"manual_review":1`) {
		t.Errorf("it begins with %q", text)
	}
}
