package postgres

import (
	"sync"
	"sync/atomic"
	"testing"

	"realname/internal/review"
)

// A quota is the contract's: however many workers ask at once, no question more.
func TestADaysQuotaIsNeverExceeded(t *testing.T) {
	f := newFixture(t)
	day := review.Date{Year: 2026, Month: 11, Day: 23}
	var granted atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			ok, err := f.Spend(t.Context(), "police", day, 3, 20, 0.9)
			if err != nil {
				t.Error(err)
			}
			if ok {
				granted.Add(3)
			}
		})
	}
	wg.Wait()
	if granted.Load() != 18 {
		t.Errorf("%d questions were granted, want 18 of 20 in threes", granted.Load())
	}
	for _, c := range []struct {
		day   review.Date
		n     int
		quota int
		want  bool
	}{{day, 2, 20, true}, {day, 1, 20, false}, {day.AddDays(1), 1, 20, true}, {day.AddDays(2), 21, 20, false}, {day, 9, 0, true}} {
		if ok, err := f.Spend(t.Context(), "police", c.day, c.n, c.quota, 0.3); ok != c.want || err != nil {
			t.Errorf("%+v: %v %v", c, ok, err)
		}
	}
	list, err := f.UsageSince(t.Context(), day)
	f.must(err)
	if len(list) != 2 || list[1].Asked != 29 || list[1].Cost < 5.99 || list[1].Cost > 6.01 {
		t.Errorf("usage %+v", list)
	}
}
