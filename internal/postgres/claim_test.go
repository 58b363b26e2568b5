package postgres

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"realname/internal/review"
)

func TestAnAttemptIsClaimedByOneWorker(t *testing.T) {
	f := newFixture(t)
	id := f.submit().Attempts[0].ID
	c := f.claim(id)
	if c.Epoch != 1 || c.Tenant != tenant || len(c.Attempt.Documents) != 1 || c.History.Attempt != 1 {
		t.Errorf("claim %+v", c)
	}
	if _, err := f.Claim(t.Context(), id, "worker-2", time.Minute); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("second claim: %v", err)
	}
}

// I3: one outcome per attempt, whoever comes late.
func TestALateWorkerWritesNothing(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	late := f.claim(s.Attempts[0].ID)
	f.expire()
	if n, err := f.Rescue(t.Context(), 3); n != 1 || err != nil {
		t.Fatalf("rescued %d (%v)", n, err)
	}
	fresh := f.claim(s.Attempts[0].ID)
	if err := f.record(late, review.Rejected); !errors.Is(err, review.ErrFenced) {
		t.Errorf("late outcome: %v", err)
	}
	if err := f.Extend(t.Context(), s.Attempts[0].ID, late.Epoch, time.Minute); !errors.Is(err, review.ErrFenced) {
		t.Errorf("late extension: %v", err)
	}
	if err := f.Release(t.Context(), s.Attempts[0].ID, late.Epoch, "x", 0); !errors.Is(err, review.ErrFenced) {
		t.Errorf("late release: %v", err)
	}
	f.must(f.record(fresh, review.Approved))
	if err := f.record(fresh, review.Rejected); !errors.Is(err, review.ErrFenced) {
		t.Errorf("second outcome: %v", err)
	}
	if got := f.state(s.ID); got.State != review.Decided || got.Outcome.Kind != review.Approved {
		t.Errorf("got %+v", got)
	}
}

func TestAnOutcomeNeverChanges(t *testing.T) {
	f := newFixture(t)
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	for _, sql := range []string{`update outcomes set kind = 'rejected'`, `delete from outcomes`} {
		if _, err := f.pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

func TestDecisionsOfABatchStandAlone(t *testing.T) {
	f := newFixture(t)
	good, bad := f.claim(f.submit().Attempts[0].ID), f.claim(f.submit().Attempts[0].ID)
	bad.Epoch--
	if err := f.record(bad, review.Approved); !errors.Is(err, review.ErrFenced) {
		t.Errorf("stale: %v", err)
	}
	f.must(f.record(good, review.Approved))
}

func TestFindingsAreKeptInOrder(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	want := review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear, RuleSet: "r1", Findings: []review.Finding{
		{Check: "CLR-01", Detail: "blurred", Severity: review.Fail, Reason: review.MaterialUnclear},
		{Check: "EXP-02", Detail: "near_expiry", Severity: review.Warn},
	}}
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), want))
	got, _ := json.Marshal(f.state(s.ID).Outcome)
	expected, _ := json.Marshal(want)
	if string(got) != string(expected) {
		t.Errorf("got %s, want %s", got, expected)
	}
	if n := f.count(`select count(*) from findings where check_id = 'CLR-01' and position = 0`); n != 1 {
		t.Errorf("%d finding rows", n)
	}
}

// Our own errors never reject: they are tried again, and then a person looks.
func TestErrorsOfOursParkInTheEnd(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	for i := range maxErrors {
		f.exec(`update attempts set retry_at = null`)
		c := f.claim(s.Attempts[0].ID)
		if c.Errors != i {
			t.Errorf("claim %d counts %d errors", i, c.Errors)
		}
		f.must(f.Release(t.Context(), c.Attempt.ID, c.Epoch, "S3 is down", time.Hour))
	}
	if got := f.state(s.ID); got.State != review.Parked || got.ParkedCause != "S3 is down" || got.Outcome != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAStoppingWorkerGivesBackAtNoCharge(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	for range maxErrors + 3 {
		c := f.claim(s.Attempts[0].ID)
		f.must(f.Release(t.Context(), c.Attempt.ID, c.Epoch, "", 0))
	}
	if got := f.state(s.ID); got.State != review.Queued {
		t.Errorf("state %s, want queued", got.State)
	}
}

func TestAReleasedAttemptRestsBeforeItIsTakenAgain(t *testing.T) {
	f := newFixture(t)
	for _, cause := range []string{"x", ""} { // charged, and for an outage that is nobody's fault
		c := f.claim(f.submit().Attempts[0].ID)
		f.must(f.Release(t.Context(), c.Attempt.ID, c.Epoch, cause, time.Hour))
		if _, err := f.Claim(t.Context(), c.Attempt.ID, "w", time.Minute); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("cause %q: claimed too early: %v", cause, err)
		}
	}
}

func TestPoisonIsParkedAfterThreeCrashes(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	for range 3 {
		f.claim(s.Attempts[0].ID)
		f.expire()
		if _, err := f.Rescue(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.state(s.ID); got.State != review.Parked || got.ParkedCause == "" {
		t.Errorf("got %+v", got)
	}
}

func TestADeferredAttemptComesBackWithItsFacts(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	eligible := time.Date(2026, 12, 3, 0, 0, 0, 0, review.Shanghai)
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), review.Outcome{Kind: review.Deferred, EligibleAt: eligible, RuleSet: "r1"}))
	got := f.state(s.ID)
	if got.State != review.Waiting || !got.EligibleAt.Equal(eligible) || got.Outcome == nil || got.Outcome.Kind != review.Deferred {
		t.Errorf("got %+v", got)
	}
	for _, c := range []struct {
		now  time.Time
		want int
	}{{eligible.Add(-time.Second), 0}, {eligible, 1}, {eligible, 0}} {
		if n, err := f.Eligible(t.Context(), c.now); n != c.want || err != nil {
			t.Errorf("at %v: %d queued (%v), want %d", c.now, n, err, c.want)
		}
	}
	c := f.claim(s.Attempts[0].ID)
	if c.Facts == nil || c.Facts.Declared.Name != "样本甲" {
		t.Errorf("facts %+v", c.Facts)
	}
	f.must(f.record(c, review.Approved))
	if n := f.count(`select count(*) from outcomes`); n != 1 {
		t.Errorf("%d outcomes: a deferral is none", n)
	}
}
