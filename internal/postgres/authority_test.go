package postgres

import (
	"errors"
	"testing"
	"time"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// handed returns an attempt that was handed to the authority's lane.
func (f fixture) handed(at time.Time) review.Attempt {
	f.t.Helper()
	c := f.claim(f.submit().Attempts[0].ID)
	f.exec(`delete from outbox`)
	f.must(f.HandOver(f.t.Context(), c.Attempt.ID, c.Epoch, review.Facts{Images: true, Declared: c.Attempt.Declared}, at))
	return c.Attempt
}

func (f fixture) claimAsk(id string) pipeline.Claim {
	f.t.Helper()
	c, err := f.ClaimAsk(f.t.Context(), id, "worker-1", time.Minute)
	f.must(err)
	return c
}

func TestAHandedAttemptIsInTheAuthoritysLaneAlone(t *testing.T) {
	f := newFixture(t)
	a := f.handed(time.Time{})
	if n := f.count(`select count(*) from outbox where subject = 'authority.attempt' and ref = $1`, a.ID); n != 1 {
		t.Errorf("%d rings", n)
	}
	if _, err := f.Claim(t.Context(), a.ID, "w", time.Minute); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a reviewer took it: %v", err)
	}
	if c := f.claimAsk(a.ID); c.Facts == nil || !c.Facts.Images {
		t.Errorf("what was read is gone: %+v", c.Facts)
	}
}

func TestAnAttemptWaitsUntilItsSourceIsAskedAgain(t *testing.T) {
	f := newFixture(t)
	now := time.Now()
	a := f.handed(now.Add(48 * time.Hour))
	if s := f.state(a.SubmissionID); s.State != review.Waiting {
		t.Errorf("state %s", s.State)
	}
	if n, err := f.Eligible(t.Context(), now.Add(72*time.Hour)); n != 0 || err != nil {
		t.Errorf("taken for a deferral: %d %v", n, err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{47 * time.Hour, 0}, {48 * time.Hour, 1}, {48 * time.Hour, 0}} {
		if n, err := f.AskAgain(t.Context(), now.Add(c.after)); n != c.want || err != nil {
			t.Errorf("after %v: %d queued (%v), want %d", c.after, n, err, c.want)
		}
	}
	f.must(f.record(f.claimAsk(a.ID), review.Approved))
	if n := f.count(`select count(*) from events where kind = 'attempt.waiting'`); n != 1 {
		t.Errorf("%d notices of waiting", n)
	}
	if n := f.count(`select count(*) from events where kind in ('attempt.deferred', 'attempt.resumed')`); n != 0 {
		t.Error("waiting for an authority is no deferral")
	}
}

// A lost lease, a lost message and an error of ours all lead back to the same lane.
func TestWhateverHappensTheLaneStays(t *testing.T) {
	f := newFixture(t)
	a := f.handed(time.Time{})
	for what, happen := range map[string]func(){
		"released": func() {
			c := f.claimAsk(a.ID)
			f.must(f.Release(t.Context(), a.ID, c.Epoch, "down", 0))
		},
		"rescued": func() {
			f.claimAsk(a.ID)
			f.expire()
			_, err := f.Rescue(t.Context(), 9)
			f.must(err)
		},
		"rung again": func() {
			f.exec(`update attempts set created_at = now() - interval '1 hour', retry_at = null`)
			_, err := f.RingLate(t.Context(), time.Minute)
			f.must(err)
		},
	} {
		f.exec(`delete from outbox`)
		happen()
		if n := f.count(`select count(*) from outbox where subject = 'authority.attempt'`); n != 1 {
			t.Errorf("%s: %d rings in the authority's lane", what, n)
		}
	}
}

func TestALateWorkerHandsNothingOver(t *testing.T) {
	f := newFixture(t)
	c := f.claim(f.submit().Attempts[0].ID)
	f.expire()
	_, err := f.Rescue(t.Context(), 9)
	f.must(err)
	if err := f.HandOver(t.Context(), c.Attempt.ID, c.Epoch, review.Facts{}, time.Time{}); !errors.Is(err, review.ErrFenced) {
		t.Errorf("late: %v", err)
	}
}

func TestOperationsLetsTheSourceBeAskedAtOnce(t *testing.T) {
	f := newFixture(t)
	f.handed(time.Now().Add(time.Hour))
	if n, err := f.AskNow(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	if n, err := f.AskAgain(t.Context(), time.Now().Add(time.Second)); n != 1 || err != nil {
		t.Errorf("%d queued (%v)", n, err)
	}
}

// What waits has no outcome to replay.
func TestReplayLeavesOutWhatWaitsForAnAnswer(t *testing.T) {
	f := newFixture(t)
	f.handed(time.Now().Add(time.Hour))
	f.must(f.EachDecided(t.Context(), time.Unix(0, 0), func(d Decided) error {
		t.Errorf("replayed %s", d.AttemptID)
		return nil
	}))
}

// Rule: an attempt that is asked about when its process ends is no poison: it is
// asked for again, and only one that ends its process each time goes to a person.
func TestACrashWhileAskingIsNotTheAttempts(t *testing.T) {
	f := newFixture(t)
	a := f.handed(time.Time{})
	for n := range 3 * patience {
		if s := f.state(a.SubmissionID); s.State != review.Queued {
			t.Fatalf("after %d crashes: %s", n, s.State)
		}
		f.claimAsk(a.ID)
		f.expire()
		_, err := f.Rescue(t.Context(), 3)
		f.must(err)
	}
	if s := f.state(a.SubmissionID); s.State != review.Parked {
		t.Errorf("one that always crashes: %s", s.State)
	}
	if n := f.count(`select count(*) from attempts where parked_cause like '%document%'`); n != 0 {
		t.Error("a document is blamed that nobody looked at")
	}
}
