package postgres

import (
	"errors"
	"slices"
	"testing"
	"time"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// Rule: submissions that share a transaction are each answered for themselves; one
// that cannot be written spoils none of the others.
func TestOneSubmissionSpoilsNoOtherOfItsTransaction(t *testing.T) {
	f := newFixture(t)
	f.must(f.EnsureTenant(t.Context(), "other", "Other"))
	used := f.newSubmission()
	used.ExternalID = "order-1"
	_, _, err := f.Submit(t.Context(), tenant, "key-1", [32]byte{1}, used)
	f.must(err)

	list := make([]submitting, 6)
	for i := range list {
		list[i] = submitting{tenant: tenant, sub: f.newSubmission()}
	}
	list[1].sub.ExternalID = "order-1"
	list[2].sub.SubjectRef = "a\x00b"
	list[3].key, list[3].hash = "key-1", [32]byte{1}
	list[4].key, list[4].hash = "key-1", [32]byte{2}
	list[5].tenant = "other"
	answers := f.Store.submit(t.Context(), list)
	for i, want := range []error{nil, review.ErrExternalIDUsed, nil, nil, review.ErrKeyReused, nil} {
		if i != 2 && !errors.Is(answers[i].Err, want) {
			t.Errorf("submission %d: %v, want %v", i, answers[i].Err, want)
		}
	}
	if answers[2].Err == nil || answers[3].Value.sub.ID != used.ID || !answers[3].Value.replayed {
		t.Errorf("a text that is none: %v; a key that was used: %+v", answers[2].Err, answers[3].Value)
	}
	for _, i := range []int{0, 5} {
		if _, err := f.Submission(t.Context(), list[i].tenant, list[i].sub.ID); err != nil {
			t.Errorf("submission %d: %v", i, err)
		}
	}
	if n := f.count(`select count(*) from submissions`); n != 3 {
		t.Errorf("%d submissions, want 3", n)
	}
	if n := f.count(`select count(*) from events where kind = 'attempt.received'`); n != 3 {
		t.Errorf("%d events, want 3", n)
	}
}

// Rule: claims that share a transaction get each its own attempt, whole; nobody
// gets one twice, and an id that is none spoils none of the others.
func TestClaimsTakenTogetherGetEachItsOwn(t *testing.T) {
	f := newFixture(t)
	var list []asked
	for range 3 {
		list = append(list, asked{f.submit().Attempts[0].ID, "w", review.LaneReview, time.Minute})
	}
	list = append(list, list[0], asked{"no-uuid", "w", review.LaneReview, time.Minute}, asked{newID(t), "w", review.LaneReview, time.Minute})
	list = append(list, asked{list[1].id, "w", review.LaneAuthority, time.Minute})
	for i, a := range f.Store.claim(t.Context(), list) {
		if i >= 3 {
			if !errors.Is(a.Err, review.ErrNotFound) {
				t.Errorf("claim %d: %v", i, a.Err)
			}
			continue
		}
		if a.Err != nil || a.Value.Attempt.ID != list[i].id || a.Value.Epoch != 1 || len(a.Value.Attempt.Documents) != 1 {
			t.Errorf("claim %d: %v %+v", i, a.Err, a.Value)
		}
	}
}

// Rule: outcomes that share a transaction are each told, a person is asked for
// after that, and one that cannot be written keeps none of the others from it.
func TestOneOutcomeSpoilsNoOtherOfItsTransaction(t *testing.T) {
	f := newFixture(t)
	f.exec(`insert into endpoints (id, tenant_id, kind, target) values (gen_random_uuid(), $1, 'webhook', 'https://receiver.example/')`, tenant)
	kinds := []review.Kind{review.Approved, review.ManualReview, review.Approved, review.Deferred}
	var decisions []pipeline.Decision
	for _, kind := range kinds {
		c := f.claim(f.submit().Attempts[0].ID)
		decisions = append(decisions, pipeline.Decision{AttemptID: c.Attempt.ID, Epoch: c.Epoch, Outcome: review.Outcome{Kind: kind, RuleSet: "r1", EligibleAt: time.Now()}})
	}
	decisions[2].Facts.Declared.Name = "a\x00b"
	results, err := f.Record(t.Context(), decisions)
	f.must(err)
	if results[0] != nil || results[1] != nil || results[2] == nil || results[3] != nil {
		t.Errorf("got %v", results)
	}
	rows, err := f.pool.Query(t.Context(), `select attempt_id::text || ' ' || event from deliveries order by seq`)
	f.must(err)
	var told []string
	for rows.Next() {
		var line string
		f.must(rows.Scan(&line))
		told = append(told, line)
	}
	want := []string{decisions[0].AttemptID + " attempt.decided", decisions[1].AttemptID + " attempt.decided",
		decisions[1].AttemptID + " attempt.manual_review_asked", decisions[3].AttemptID + " attempt.deferred"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	for kind, n := range map[string]int{"attempt.decided": 2, "attempt.deferred": 1} {
		if got := f.count(`select count(*) from events where kind = $1`, kind); got != n {
			t.Errorf("%d events %s, want %d", got, kind, n)
		}
	}
	if n := f.count(`select count(*) from standings where standing in ('approved', 'manual_review', 'waiting')`); n != 3 {
		t.Errorf("%d standings moved, want 3", n)
	}
}
