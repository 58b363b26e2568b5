package postgres

import (
	"testing"
	"time"

	"realname/internal/review"
)

// A tenant with little is seen beside one with much, and what is due soon comes
// whatever the class.
func TestTheQueueShowsEveryTenantAndWhatIsUrgent(t *testing.T) {
	f := newFixture(t)
	f.must(f.EnsureTenant(t.Context(), "small", "Small"))
	submit := func(tenant string, bulk bool, due time.Duration) string {
		s := f.newSubmission()
		s.Tenant, s.HoldAt, s.Attempts[0].Bulk = tenant, time.Now().Add(due), bulk
		_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
		f.must(err)
		return s.Attempts[0].ID
	}
	for range 5 {
		submit(tenant, true, 48*time.Hour)
	}
	small, alone, urgent := submit("small", true, 72*time.Hour), submit(tenant, false, 96*time.Hour), submit(tenant, true, time.Minute)
	rings, err := f.Candidates(t.Context(), time.Hour, 2)
	f.must(err)
	found := map[string]bool{}
	for _, r := range rings {
		found[r.Ref] = true
	}
	if rings[0].Ref != urgent || !found[small] || !found[alone] || len(rings) != 4 {
		t.Errorf("%d candidates, the first urgent: %v; small %v, alone %v", len(rings), rings[0].Ref == urgent, found[small], found[alone])
	}
	for _, r := range rings {
		if r.Ref == small && (r.Tenant != "small" || !r.Bulk) {
			t.Errorf("got %+v", r)
		}
	}
}

// What was rescued keeps its class and its deadline: a lease that expired makes
// nothing urgent.
func TestARescuedAttemptKeepsItsPlace(t *testing.T) {
	f := newFixture(t)
	s := f.newSubmission()
	s.HoldAt, s.Attempts[0].Bulk = time.Now().Add(48*time.Hour), true
	_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
	f.must(err)
	first, err := f.Candidates(t.Context(), time.Hour, 10)
	f.must(err)
	f.must(f.Told(t.Context(), []int64{first[0].ID}))
	_, err = f.Claim(t.Context(), s.Attempts[0].ID, "w", -time.Second)
	f.must(err)
	if n, err := f.Rescue(t.Context(), 3); n != 1 || err != nil {
		t.Fatalf("rescued %d (%v)", n, err)
	}
	again, err := f.Candidates(t.Context(), time.Hour, 10)
	f.must(err)
	if len(again) != 1 || !again[0].Bulk || !again[0].DueAt.Equal(first[0].DueAt) {
		t.Errorf("before %+v, after %+v", first, again)
	}
}

// A tenant whose only endpoint disabled itself is seen by operations: nothing else
// can tell.
func TestWhoCannotBeToldIsCounted(t *testing.T) {
	f := newFixture(t)
	f.endpoint(review.Webhook)
	for _, step := range []struct {
		rule, sql string
		want      int
	}{
		{"it is enabled", `select`, 0},
		{"a person disabled it", `update endpoints set enabled = false`, 0},
		{"it disabled itself", `update endpoints set disabled_cause = 'gone'`, 1},
		{"it was deleted", `update endpoints set deleted_at = now()`, 0},
		{"it came back and fails", `update endpoints set deleted_at = null, disabled_cause = 'failing'`, 1},
	} {
		f.exec(step.sql)
		b, err := f.Backlog(t.Context())
		f.must(err)
		if b.Untold != step.want {
			t.Errorf("%s: %d, want %d", step.rule, b.Untold, step.want)
		}
	}
	for kind, want := range map[review.EndpointKind]int{review.Email: 1, review.WeCom: 0} {
		other := f.endpoint(kind)
		f.exec(`update endpoints set target = '' where kind = 'email'`) // registrants' own: not the tenant's
		b, err := f.Backlog(t.Context())
		f.must(err)
		if b.Untold != want {
			t.Errorf("beside %s: %d, want %d", kind, b.Untold, want)
		}
		f.exec(`delete from endpoints where id = $1`, other.ID)
	}
}

func TestTheBacklogIsCounted(t *testing.T) {
	f := newFixture(t)
	s := f.newSubmission()
	s.Attempts[0].CreatedAt = time.Now().Add(-time.Hour)
	_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
	f.must(err)
	b, err := f.Backlog(t.Context())
	f.must(err)
	if b.Untold != 0 || b.States[string(review.Queued)] != 1 || b.Outbox != 1 || b.Oldest[0] < 59*time.Minute || b.Oldest[1] != 0 {
		t.Errorf("got %+v", b)
	}
	_, err = f.Claim(t.Context(), s.Attempts[0].ID, "w", time.Minute)
	f.must(err)
	if age, err := f.OldestUnclaimed(t.Context()); age != 0 || err != nil {
		t.Errorf("a claimed attempt is %v old (%v)", age, err)
	}
}
