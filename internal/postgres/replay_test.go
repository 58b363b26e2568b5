package postgres

import (
	"testing"
	"time"

	"realname/internal/review"
)

func TestWhatWasDecidedIsReadBackWithItsFacts(t *testing.T) {
	f := newFixture(t)
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	f.must(f.recordOutcome(f.claim(f.submit().Attempts[0].ID), review.Outcome{Kind: review.Deferred, EligibleAt: time.Now().Add(time.Hour)}))
	f.submit() // not decided
	for since, want := range map[time.Time]int{time.Now().Add(-time.Hour): 2, time.Now().Add(time.Hour): 0} {
		n := 0
		f.must(f.EachDecided(t.Context(), since, func(d Decided) error {
			n++
			if d.Profile != "default" || d.Facts.Declared.Name != "样本甲" || d.Outcome.Kind == "" {
				t.Errorf("%+v", d)
			}
			return nil
		}))
		if n != want {
			t.Errorf("%d decided, want %d", n, want)
		}
	}
}
