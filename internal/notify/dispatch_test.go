package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/review"
)

type senderFunc func(review.Delivery, Notice) Result

func (f senderFunc) Send(_ context.Context, d review.Delivery, n Notice) Result { return f(d, n) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func serviceOf(m *memory, s senderFunc) *Service {
	return &Service{Store: m, Catalogue: catalogue{}, Now: time.Now, Log: zerolog.Nop(), Lease: time.Minute,
		Senders: map[review.EndpointKind]Sender{review.Webhook: s}}
}

func webhook(id string) review.Endpoint {
	return review.Endpoint{ID: id, Kind: review.Webhook, AtOnce: 8, Enabled: true}
}

func pending() review.Delivery {
	return review.Delivery{ID: "d1", Event: review.EventDecided, AttemptID: "att", Endpoint: webhook("e1")}
}

// runTo runs a service in virtual time until so many tries have been recorded.
func runTo(t *testing.T, s *Service, n int) []Finished {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { s.Run(ctx); close(stopped) }()
	var list []Finished
	for range n {
		list = append(list, <-s.Store.(interface{ results() chan Finished }).results())
	}
	cancel()
	<-stopped
	return list
}

func TestAFailedTryIsRetriedByTheSchedule(t *testing.T) {
	for tries, wait := range schedule {
		synctest.Test(t, func(t *testing.T) {
			d := pending()
			d.Tries = tries
			s := serviceOf(newMemory(d), func(review.Delivery, Notice) Result { return Result{Try: Try{Error: "x"}, Blamed: true} })
			next := runTo(t, s, 1)[0].Next
			if got := time.Until(next.RetryAt); got < wait || got > wait+wait/10 || !next.Blamed {
				t.Errorf("after try %d: waits %v, want %v and up to a tenth more", tries+1, got, wait)
			}
		})
	}
}

func TestWhatFollowsATry(t *testing.T) {
	spent := pending()
	spent.Tries = len(schedule)
	for _, c := range []struct {
		rule   string
		d      review.Delivery
		result Result
		want   Next
	}{
		{"the schedule ends visibly", spent, Result{Try: Try{Error: "x"}}, Next{}},
		{"Retry-After is honoured over the schedule", pending(), Result{RetryAfter: time.Hour}, Next{RetryAt: time.Time{}.Add(time.Hour)}},
		{"a final failure is not retried", pending(), Result{Final: true}, Next{}},
		{"a gone endpoint is disabled", pending(), Result{Final: true, Gone: true, Blamed: true}, Next{DisableEndpoint: true, Blamed: true}},
		{"what arrived is done", pending(), Result{Delivered: true}, Next{Delivered: true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := runTo(t, serviceOf(newMemory(c.d), func(review.Delivery, Notice) Result { return c.result }), 1)[0].Next
			if !c.want.RetryAt.IsZero() {
				c.want.RetryAt = time.Now().Add(time.Hour)
			}
			if got != c.want {
				t.Errorf("%s: %+v, want %+v", c.rule, got, c.want)
			}
		})
	}
}

// Rule: a try that ended with the notifier costs no place in the schedule, up to a
// bound; a restart must not put a message off by minutes.
func TestALostTryCostsNoPlaceInTheSchedule(t *testing.T) {
	for _, c := range []struct {
		tries, lost int // before this one
		want        time.Duration
	}{{0, 0, schedule[0]}, {2, 2, schedule[0]}, {3, 2, schedule[1]}, {mostLost + 1, mostLost + 1, schedule[1]}} {
		synctest.Test(t, func(t *testing.T) {
			d := pending()
			d.Tries, d.Lost = c.tries, c.lost
			next := runTo(t, serviceOf(newMemory(d), func(review.Delivery, Notice) Result { return Result{Try: Try{Status: 500}, Blamed: true} }), 1)[0].Next
			if got := time.Until(next.RetryAt); got < c.want || got > c.want+c.want/10 {
				t.Errorf("after %d tries, %d lost: waits %v, want %v and up to a tenth more", c.tries, c.lost, got, c.want)
			}
		})
	}
}

func TestADeliveryWhoseSubjectCannotBeLoadedStaysDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(pending())
		m.err = errors.New("down")
		runTo(t, serviceOf(m, func(review.Delivery, Notice) Result { t.Error("sent"); return Result{} }), 0)
	})
}

// A try that hangs is ended when its lease is, though its sender set no time-out.
func TestATryEndsWithItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s := serviceOf(newMemory(pending()), nil)
		s.Senders[review.Webhook] = hanging{}
		got := runTo(t, s, 1)[0]
		if took := time.Since(begin); took > s.Lease+time.Second || got.Next.RetryAt.IsZero() {
			t.Errorf("ended after %v with %+v", took, got.Next)
		}
	})
}

// hanging sends until it is told to stop.
type hanging struct{}

func (hanging) Send(ctx context.Context, _ review.Delivery, _ Notice) Result {
	<-ctx.Done()
	return Result{Try: Try{Error: "took too long"}, Blamed: true}
}

func TestWhatCouldNotBeRecordedIsRecordedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(pending())
		m.failing = 3
		var sent atomic.Int32
		runTo(t, serviceOf(m, func(review.Delivery, Notice) Result { sent.Add(1); return Result{Delivered: true} }), 1)
		if sent.Load() != 1 {
			t.Errorf("sent %d times", sent.Load())
		}
	})
}

// An endpoint that never answers in time takes only its own places.
func TestASlowEndpointDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		for i := range 100 {
			for _, e := range []string{"slow", "fast"} {
				d := pending()
				d.ID, d.Endpoint = fmt.Sprintf("%s-%d", e, i), webhook(e)
				m.due = append(m.due, d)
			}
		}
		begin := time.Now()
		var last atomic.Int64
		var under, most atomic.Int32
		s := serviceOf(m, func(d review.Delivery, _ Notice) Result {
			if d.Endpoint.ID == "fast" {
				last.Store(int64(time.Since(begin)))
				return Result{Delivered: true}
			}
			most.Store(max(most.Load(), under.Add(1)))
			time.Sleep(10 * time.Second) // virtual time
			under.Add(-1)
			return Result{Delivered: true}
		})
		runTo(t, s, 200)
		if got := time.Duration(last.Load()); got > time.Second {
			t.Errorf("the last message to the fast endpoint went after %v", got)
		}
		if most.Load() != 8 {
			t.Errorf("%d messages at once to the slow endpoint, want its 8", most.Load())
		}
	})
}

// A dead endpoint is knocked at one message at a time. One that refuses everything at
// first is there: it keeps a few places, so that it has what it will take in the end
// before long.
func TestPlacesAfterManyFailures(t *testing.T) {
	for rule, c := range map[string]struct {
		asks, sent int // places it asks for, messages that there are
		after      int32
		try        Try
		want       int32
	}{
		"a dead endpoint is not stormed":               {0, 40, 16, Try{Error: "refused"}, 1},
		"an endpoint that refuses keeps a few of them": {32, 80, 64, Try{Status: 500, Error: "refused"}, few},
	} {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				for i := range c.sent {
					d := pending()
					if d.ID = fmt.Sprint(i); c.asks > 0 {
						d.Endpoint.AtOnce = c.asks
					}
					m.due = append(m.due, d)
				}
				var under, most, sent atomic.Int32
				s := serviceOf(m, func(review.Delivery, Notice) Result {
					if now := under.Add(1); sent.Add(1) > c.after {
						most.Store(max(most.Load(), now))
					}
					time.Sleep(time.Second) // virtual time
					under.Add(-1)
					return Result{Try: c.try, Blamed: true}
				})
				runTo(t, s, c.sent)
				if most.Load() != c.want {
					t.Errorf("%d at once after many failures, want %d", most.Load(), c.want)
				}
			})
		})
	}
}

// Rule: a dead endpoint costs next to nothing however much waits for it, and is asked
// again within half a minute of its return.
func TestADeadEndpointIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		for i := range 400 {
			d := pending()
			d.ID = fmt.Sprint(i)
			m.due = append(m.due, d)
		}
		const outage = time.Hour
		begin, tries := time.Now(), 0
		var mu sync.Mutex
		var first, last time.Duration
		s := serviceOf(m, func(review.Delivery, Notice) Result {
			mu.Lock()
			defer mu.Unlock()
			if last = time.Since(begin); last < outage {
				tries++
				return Result{Try: Try{Error: "refused"}, Blamed: true}
			}
			first = cmp.Or(first, last)
			return Result{Delivered: true}
		})
		runTo(t, s, 400)
		if most := int(outage/longestRest) + 16; tries > most {
			t.Errorf("%d tries at an endpoint that was dead for %v, want at most %d", tries, outage, most)
		}
		if first-outage > longestRest+look || last-first > 10*time.Second {
			t.Errorf("after its return it waited %v for a message and %v more for the last", first-outage, last-first)
		}
	})
}

// Places are shared so that nobody is kept from what the others leave.
func TestPlacesAreSharedEvenly(t *testing.T) {
	for rule, c := range map[string]struct {
		all  int
		want []int
		most int
	}{
		"nobody waits":                    {1024, nil, 1024},
		"one alone takes what it asks":    {1024, []int{256}, 1024},
		"enough for all":                  {1024, []int{16, 256, 16}, 992},
		"the modest leave it to the slow": {1000, []int{100, 500, 600, 100}, 400},
		"all want more":                   {100, []int{60, 70, 80, 90}, 25},
		"more endpoints than places":      {3, []int{5, 5, 5, 5, 5, 5}, 1},
	} {
		if got := evenShare(c.all, c.want); got != c.most {
			t.Errorf("%s: %d, want %d", rule, got, c.most)
		}
	}
}

func TestANoticeNamesReasonFindingsAndRemediesButNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notice Notice
		runTo(t, serviceOf(newMemory(pending()), func(_ review.Delivery, n Notice) Result { notice = n; return Result{Delivered: true} }), 1)
		body, err := json.Marshal(notice)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"material_unclear", "registrant_info_mismatch", "blurred remedy", "name_bracket remedy", "near_expiry", `"zh-CN"`, `"en"`} {
			if !strings.Contains(string(body), want) {
				t.Errorf("the notice lacks %s", want)
			}
		}
		for _, secret := range []string{"样本甲", "样本乙", "样*", "SPECIMEN-NUMBER", "holder@example.com"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("the notice tells %s", secret)
			}
		}
		if data := notice.Data.(Attempt); data.Primary == nil || data.Primary.Code != review.MaterialUnclear {
			t.Errorf("primary %+v", data.Primary)
		}
	})
}
