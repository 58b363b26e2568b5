package gather_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"realname/internal/gather"
)

// slow doubles, and takes a second for each call.
type slow struct{ calls []int }

func (s *slow) run(_ context.Context, in []int) []gather.Answer[int] {
	s.calls = append(s.calls, len(in))
	time.Sleep(time.Second) // virtual
	out := make([]gather.Answer[int], len(in))
	for i, n := range in {
		out[i].Value = 2 * n
		if n < 0 {
			out[i].Err = errors.New("negative")
		}
	}
	return out
}

// Rule: what comes while a call runs goes into the next, at most so much, and
// everybody gets the answer to what he asked. A goroutine that stayed would fail
// the bubble.
func TestWhatComesMeanwhileGoesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		g := gather.New(3, time.Minute, s.run)
		ask := func(n int) {
			go func() {
				if got, err := g.Do(t.Context(), n); (err != nil) != (n < 0) || got != 2*n {
					t.Errorf("%d: got %d, %v", n, got, err)
				}
			}()
		}
		ask(1)
		synctest.Wait()
		for _, n := range []int{2, 3, -4, 5} {
			ask(n)
		}
		time.Sleep(time.Minute) // virtual
		synctest.Wait()         // orders what the call wrote before what is read here
		if len(s.calls) != 3 || s.calls[0] != 1 || s.calls[1] != 3 || s.calls[2] != 1 {
			t.Errorf("calls of %v, want 1, 3 and 1", s.calls)
		}
	})
}

// Rule: callers that come again as soon as they are answered go together every time,
// not in two halves that take turns; a call that comes alone waits for nobody.
func TestWhoComesAgainGoesWithTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		g := gather.New(100, time.Minute, s.run)
		for range 10 {
			go func() {
				for range 5 {
					if _, err := g.Do(t.Context(), 1); err != nil {
						t.Error(err)
					}
				}
			}()
			synctest.Wait()
		}
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if len(s.calls) > 7 || s.calls[3] != 10 {
			t.Errorf("calls of %v, want all ten in each but the first two and the last", s.calls)
		}
		start := time.Now()
		if _, err := g.Do(t.Context(), 1); err != nil || time.Since(start) != time.Second {
			t.Errorf("alone after %v, %v", time.Since(start), err)
		}
	})
}

// Rule: who gives up before the call began has done nothing; who gives up in it
// gets the answer, since it is done.
func TestWhoGivesUpInTimeHasDoneNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		g := gather.New(8, time.Minute, s.run)
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			if got, err := g.Do(ctx, 1); err != nil || got != 2 {
				t.Errorf("in the call: %d, %v", got, err)
			}
		}()
		synctest.Wait()
		go func() {
			if _, err := g.Do(ctx, 7); !errors.Is(err, context.Canceled) {
				t.Errorf("before the call: %v", err)
			}
		}()
		synctest.Wait()
		leave()
		time.Sleep(time.Minute) // virtual
		synctest.Wait()         // orders what the call wrote before what is read here
		if len(s.calls) != 1 {
			t.Errorf("%d calls, want one", len(s.calls))
		}
	})
}

// Rule: whoever leads the call does not take the others with him when he leaves.
func TestACallOutlivesWhoBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got error
		g := gather.New(8, time.Minute, func(ctx context.Context, in []int) []gather.Answer[int] {
			time.Sleep(time.Second) // virtual
			got = ctx.Err()
			return make([]gather.Answer[int], len(in))
		})
		ctx, leave := context.WithCancel(t.Context())
		go func() { _, _ = g.Do(ctx, 1) }()
		synctest.Wait()
		leave()
		time.Sleep(time.Minute) // virtual
		synctest.Wait()         // orders what the call wrote before what is read here
		if got != nil {
			t.Errorf("the call was ended: %v", got)
		}
	})
}

// Rule: a function that answers for another number of inputs fails them all
// instead of giving one the answer of another.
func TestAMiscountedAnswerIsNobodys(t *testing.T) {
	g := gather.New(8, time.Minute, func(context.Context, []int) []gather.Answer[int] { return nil })
	if _, err := g.Do(t.Context(), 1); err == nil {
		t.Error("no error")
	}
}

// Rule: a call that panics fails for those who share it, and for nobody after them.
func TestACallThatPanicsIsAnError(t *testing.T) {
	g := gather.New(3, time.Minute, func(_ context.Context, in []int) []gather.Answer[int] {
		return []gather.Answer[int]{{Value: 8 / in[0]}}
	})
	if _, err := g.Do(t.Context(), 0); err == nil {
		t.Error("no error")
	}
	if n, err := g.Do(t.Context(), 4); n != 2 || err != nil {
		t.Errorf("the next one: %d, %v", n, err)
	}
}
