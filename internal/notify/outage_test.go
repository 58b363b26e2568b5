package notify

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"realname/internal/review"
)

// many are deliveries to one endpoint.
func many(n int, e review.Endpoint) []review.Delivery {
	list := make([]review.Delivery, n)
	for i := range list {
		list[i] = pending()
		list[i].ID, list[i].Endpoint = fmt.Sprintf("%s-%d", e.ID, i), e
	}
	return list
}

// again is a memory in which what failed becomes due when it is to be tried again.
type again struct{ *memory }

func (a again) FinishDeliveries(_ context.Context, list []Finished) error {
	for _, f := range list {
		if f.Next.RetryAt.IsZero() {
			a.ended <- f
			continue
		}
		d := f.Delivery
		if f.Next.Uncounted {
			d.Tries--
		}
		time.AfterFunc(time.Until(f.Next.RetryAt), func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.due = append(a.due, d)
		})
	}
	return nil
}

// Rule: an outage of our own mail server is nobody's fault: however long it lasts, no
// mail is given up or put off by hours, and the server is not stormed.
func TestAnOutageOfOurMailServerCostsNoMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mails, outage = 300, 80 * time.Hour
		begin := time.Now()
		e := webhook("e1")
		e.Kind = review.Email
		m := again{newMemory(many(mails, e)...)}
		var tries atomic.Int64
		s := serviceOf(m.memory, nil)
		s.Store = m
		s.Senders = map[review.EndpointKind]Sender{review.Email: senderFunc(func(review.Delivery, Notice) Result {
			if time.Since(begin) < outage {
				tries.Add(1)
				return Result{Try: Try{Error: "refused"}, Ours: true}
			}
			return Result{Delivered: true, Try: Try{Status: 250}}
		})}
		for _, f := range runTo(t, s, mails) {
			if !f.Next.Delivered {
				t.Fatalf("given up after %d tries", f.Delivery.Tries)
			}
		}
		if late := time.Since(begin) - outage; late > 2*time.Minute {
			t.Errorf("the last mail went %v after the server's return", late)
		}
		if most := int64(8 * (outage/longestRest + 16)); tries.Load() > most {
			t.Errorf("%d tries, want at most %d", tries.Load(), most)
		}
	})
}

// Rule: a broken connection now and then is no reason to leave a receiver alone.
func TestABrokenConnectionAmongManyCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, sent := time.Now(), atomic.Int64{}
		m := again{newMemory(many(5000, review.Endpoint{ID: "e", Kind: review.Webhook, AtOnce: 16, Enabled: true})...)}
		s := serviceOf(m.memory, func(d review.Delivery, _ Notice) Result {
			time.Sleep(10 * time.Millisecond) // virtual time
			if d.Tries == 1 && sent.Add(1)%50 == 0 {
				return Result{Try: Try{Error: "reset"}, Blamed: true}
			}
			return Result{Delivered: true}
		})
		s.Store = m
		runTo(t, s, 5000)
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// Rule: who asks to be left alone is, with all that there is for them, and gets it in
// about the time that their limit allows.
func TestALimitOfTheReceiverIsKept(t *testing.T) {
	for rule, c := range map[string]struct {
		kind           review.EndpointKind
		messages, most int // there are, and may come in one window
		window, pause  time.Duration
		within         time.Duration
	}{
		"a webhook with 60 a minute":                {review.Webhook, 600, 60, time.Minute, 30 * time.Second, 40 * time.Minute},
		"DingTalk blocks for ten minutes beyond 20": {review.DingTalk, 200, 20, time.Minute, 10 * time.Minute, 20 * time.Minute},
	} {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				var window, came, blocked atomic.Int64
				m := again{newMemory(many(c.messages, review.Endpoint{ID: "e", Kind: c.kind, AtOnce: 8, Enabled: true})...)}
				s := serviceOf(m.memory, nil)
				s.Store = m
				s.Senders[c.kind] = senderFunc(func(review.Delivery, Notice) Result {
					if now := int64(time.Since(begin) / c.window); window.Swap(now) != now {
						came.Store(0)
					}
					if came.Add(1) > int64(c.most) {
						blocked.Add(1)
						return Result{Try: Try{Status: 429, Error: "too many"}, RetryAfter: c.pause, Blamed: c.kind == review.Webhook}
					}
					return Result{Delivered: true, Try: Try{Status: 200}}
				})
				runTo(t, s, c.messages)
				if took := time.Since(begin); took > c.within {
					t.Errorf("took %v, want at most %v; refused %d times", took, c.within, blocked.Load())
				}
			})
		})
	}
}

// Rule: endpoints that fill up one after the other hold no more than all may, and one
// that has nothing under way gets a place all the same.
func TestAllTogetherHaveNoMoreThanThereIs(t *testing.T) {
	l := lanes{freed: make(chan struct{}, 1)}
	var held int
	for i := range 100 {
		for _, n := range l.take([]review.Endpoint{{ID: fmt.Sprint(i), AtOnce: 256}}, 256, time.Now()) {
			if held += n; n < 1 {
				t.Errorf("endpoint %d has no place", i)
			}
		}
	}
	if held > inFlight+100 {
		t.Errorf("%d under way, want at most %d and one for each endpoint", held, inFlight)
	}
}

// Rule: what tells of something that is no more comes to an end, visibly.
func TestADeliveryAboutNothingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(pending())
		m.err = fmt.Errorf("read: %w", review.ErrNotFound)
		got := runTo(t, serviceOf(m, func(review.Delivery, Notice) Result { t.Error("sent"); return Result{} }), 1)[0]
		if got.Next.Delivered || !got.Next.RetryAt.IsZero() || !strings.Contains(got.Try.Error, "gone") {
			t.Errorf("%+v", got)
		}
	})
}
