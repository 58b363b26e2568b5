package postgres

import (
	"errors"
	"slices"
	"testing"

	"realname/internal/review"
)

// events reads all events a few at a time, as a client that goes on from its cursor.
func (f *fixture) events(from string) (kinds []string, last string) {
	f.t.Helper()
	for last = from; ; {
		list, err := f.Events(f.t.Context(), tenant, last, 2)
		f.must(err)
		if len(list) == 0 {
			return kinds, last
		}
		for _, e := range list {
			kinds, last = append(kinds, e.Kind), e.Cursor
		}
	}
}

func TestEveryChangeIsOneEventInOrder(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), blurred))
	a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
	f.must(err)
	if _, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID)); err != nil {
		t.Fatal(err)
	}
	want := []string{"attempt.received", "attempt.decided", "attempt.received", "attempt.withdrawn", "attempt.received"}
	kinds, last := f.events("")
	if !slices.Equal(kinds, want) {
		t.Errorf("%v, want %v (attempt %s)", kinds, want, a.ID)
	}
	if more, _ := f.events(last); len(more) != 0 {
		t.Errorf("after the last: %v", more)
	}
	if others, err := f.Events(t.Context(), "other", "", 10); len(others) != 0 || err != nil {
		t.Errorf("another tenant sees %v (%v)", others, err)
	}
	if _, err := f.Events(t.Context(), tenant, "no cursor", 10); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// A transaction that took an early number and commits late is not skipped: what
// came after it is shown only once it is done.
func TestWhatCommitsLateIsNotSkipped(t *testing.T) {
	f := newFixture(t)
	slow, err := f.pool.Begin(t.Context())
	f.must(err)
	_, err = slow.Exec(t.Context(), `insert into events (tenant_id, kind) values ($1, 'slow')`, tenant)
	f.must(err)
	f.submit()
	before, cursor := f.events("")
	if len(before) != 0 {
		t.Errorf("shown while an earlier one may yet commit: %v", before)
	}
	f.must(slow.Commit(t.Context()))
	if after, _ := f.events(cursor); !slices.Equal(after, []string{"slow", "attempt.received"}) {
		t.Errorf("%v", after)
	}
}
