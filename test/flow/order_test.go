package flow

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"realname/internal/app"
	"realname/internal/review"
)

// labels names documents for the order in which they are seen.
type labels map[string]string

// add submits one and names it.
func (l labels) add(f flow, name, tenant string, bulk bool, due time.Duration) {
	f.submit(tenant, func(s *review.Submission) {
		s.HoldAt, s.Attempts[0].Bulk = time.Now().Add(due), bulk
		l[s.Attempts[0].Documents[0].ID] = name
	})
}

func (l labels) order(s *seen) string {
	var names []string
	for _, id := range s.list() {
		names = append(names, l[id])
	}
	return strings.Join(names, " ")
}

const far = 96 * time.Hour

// By deadline, then what came alone, then fair shares between the tenants'
// batches, all through Postgres and NATS to a worker that does one at a time.
func TestTheOrderOfAdmission(t *testing.T) {
	f := newFlow(t)
	f.config.Fair.Tenants = map[string]int{"acme": 2}
	f.must(f.EnsureTenant(t.Context(), "small", "Small"))
	l := labels{}
	for range 6 {
		l.add(f, "A", tenant, true, far)
	}
	for range 3 {
		l.add(f, "B", "small", true, far)
	}
	l.add(f, "alone", tenant, false, far)
	l.add(f, "urgent", "small", true, time.Minute)
	s := &seen{}
	f.worker("w", 1, s)
	f.decided(11)
	if got, want := l.order(s), "urgent alone A B A A B A A B A"; got != want {
		t.Errorf("order %q, want %q", got, want)
	}
}

// One registrant who comes while a batch runs waits behind what is in a worker's
// hands and what is about to be, and behind nothing else.
func TestABatchDoesNotKeepARegistrantWaiting(t *testing.T) {
	f := newFlow(t)
	l := labels{}
	const batch = 60
	for range batch {
		l.add(f, "A", tenant, true, far)
	}
	s := &seen{gate: make(chan struct{})}
	f.worker("w", 2, s)
	for range 20 {
		s.gate <- struct{}{}
	}
	before := len(s.list())
	l.add(f, "alone", tenant, false, far)
	go func() {
		for range batch - 19 {
			select {
			case s.gate <- struct{}{}:
			case <-t.Context().Done():
				return
			}
		}
	}()
	f.decided(batch + 1)
	for i, name := range strings.Fields(l.order(s)) {
		if name == "alone" && i-before > 6 {
			t.Errorf("%d of the batch went before the one that came alone", i-before)
		}
	}
}

// Several workers on one stack share the load with no setting that names them.
func TestWorkersShareTheLoad(t *testing.T) {
	f := newFlow(t)
	const workers, each = 4, 60
	examiners := make([]*seen, workers)
	gate := make(chan struct{})
	for i := range examiners {
		examiners[i] = &seen{gate: gate} // a worker takes the next when its last is done, and all are done at one pace
		f.worker(fmt.Sprintf("w%d", i), 2, examiners[i])
	}
	for range workers * each {
		f.submit(tenant)
	}
	go func() {
		for range workers * each {
			select {
			case gate <- struct{}{}:
			case <-t.Context().Done():
				return
			}
		}
	}()
	f.decided(workers * each)
	total := 0
	for i, e := range examiners {
		n := len(e.list())
		total += n
		if n < each/2 || n > each*2 {
			t.Errorf("worker %d took %d, an even share is %d", i, n, each)
		}
	}
	if total != workers*each {
		t.Errorf("%d examined, want %d: each once", total, workers*each)
	}
}

// A worker that is deaf says so, and one that is busy does not.
func TestReadinessIsProgress(t *testing.T) {
	old := func(context.Context) (time.Duration, error) { return time.Hour, nil }
	fresh := func(context.Context) (time.Duration, error) { return time.Second, nil }
	busy, deaf := time.Now, func() time.Time { return time.Now().Add(-time.Hour) }
	for _, test := range []struct {
		rule   string
		oldest func(context.Context) (time.Duration, error)
		taken  func() time.Time
		ready  bool
	}{
		{"attempts wait and this worker takes none", old, deaf, false},
		{"attempts wait while this worker is busy", old, busy, true},
		{"there is nothing to take", fresh, deaf, true},
	} {
		if err := app.Progress(test.oldest, test.taken, time.Minute)(t.Context()); (err == nil) != test.ready {
			t.Errorf("%s: %v", test.rule, err)
		}
	}
}
