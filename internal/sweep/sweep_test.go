package sweep

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// store is an outbox in memory.
type store struct {
	mu      sync.Mutex
	rings   []Ring
	queue   []Ring // attempts
	told    []int64
	steps   []string
	led     bool // somebody else leads
	fail    error
	changes chan struct{}
}

func (s *store) Lead(ctx context.Context, _ string, f func(context.Context) error) (bool, error) {
	if s.led {
		return false, nil
	}
	return true, f(ctx)
}

func (s *store) Outbox(_ context.Context, limit int) ([]Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rings[:min(limit, len(s.rings))]), s.fail
}

func (s *store) Candidates(_ context.Context, _ time.Duration, limit int) ([]Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queue[:min(limit, len(s.queue))]), s.fail
}

func (s *store) Backlog(context.Context) (Backlog, error) {
	_, err := s.step("backlog")
	return Backlog{}, err
}

func (s *store) Told(_ context.Context, ids []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, ids...)
	gone := func(r Ring) bool { return slices.Contains(ids, r.ID) }
	s.rings, s.queue = slices.DeleteFunc(s.rings, gone), slices.DeleteFunc(s.queue, gone)
	return nil
}

func (s *store) step(name string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, name)
	return 1, s.fail
}

func (s *store) Rescue(context.Context, int) (int, error)             { return s.step("rescue") }
func (s *store) RingLate(context.Context, time.Duration) (int, error) { return s.step("late") }
func (s *store) Eligible(context.Context, time.Time) (int, error)     { return s.step("eligible") }
func (s *store) AskAgain(context.Context, time.Time) (int, error)     { return s.step("ask") }
func (s *store) FinishBatches(context.Context) (int, error)           { return s.step("batches") }
func (s *store) DeadlinesNear(context.Context, time.Duration) (int, error) {
	return s.step("deadlines")
}
func (s *store) DropPictures(context.Context, time.Duration) (int, error) { return s.step("pictures") }

func (s *store) Digests(context.Context, time.Time) (int, error) { return s.step("digests") }
func (s *store) Changes(context.Context) <-chan struct{}         { return s.changes }

// bell is a publisher that refuses some refs.
type bell struct {
	refuse  string
	rung    []string
	waiting Waiting
	express Waiting
}

func (b *bell) Waiting(context.Context) (Waiting, error)        { return b.waiting, nil }
func (b *bell) WaitingExpress(context.Context) (Waiting, error) { return b.express, nil }

func (b *bell) Publish(_ context.Context, rings []Ring) []error {
	results := make([]error, len(rings))
	for i, r := range rings {
		if r.Ref == b.refuse {
			results[i] = errors.New("no acknowledgement")
			continue
		}
		if r.Express {
			r.Ref += " express"
		}
		b.rung = append(b.rung, r.Ref)
	}
	return results
}

func newSweep(s *store, b *bell) *Sweep {
	return &Sweep{Store: s, Publisher: b, Now: time.Now, Log: zerolog.Nop(), Interval: time.Second, Late: time.Minute, MaxCrashes: 3}
}

// A row leaves the outbox only after its acknowledgement.
func TestOnlyWhatWasAcknowledgedIsTold(t *testing.T) {
	s := &store{rings: []Ring{{ID: 1, Ref: "a"}, {ID: 2, Ref: "b"}, {ID: 3, Ref: "c"}}}
	n, _, err := newSweep(s, &bell{refuse: "b"}).relay(t.Context())
	if n != 2 || err == nil || !slices.Equal(s.told, []int64{1, 3}) || len(s.rings) != 1 {
		t.Errorf("%d %v told %v left %v", n, err, s.told, s.rings)
	}
}

func TestTheRelayGoesOnWhileBatchesAreFull(t *testing.T) {
	s := &store{}
	for i := range relayBatch*2 + 5 {
		s.rings = append(s.rings, Ring{ID: int64(i), Ref: "r"})
	}
	newSweep(s, &bell{}).relayAll(t.Context())
	if len(s.rings) != 0 {
		t.Errorf("%d rows are left", len(s.rings))
	}
}

func TestTheRelayStaysOutOfTheWayOfALeader(t *testing.T) {
	s := &store{rings: []Ring{{ID: 1, Ref: "a"}}, led: true}
	b := &bell{}
	newSweep(s, b).relayAll(t.Context())
	if len(b.rung) != 0 {
		t.Error("two relays at a time")
	}
}

// Every duty runs at every interval, and one that fails is logged and tried again.
func TestAllDutiesRunAndSurviveErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &store{fail: errors.New("down"), changes: make(chan struct{})}
		sweep := newSweep(s, &bell{})
		sweep.Log = zerolog.New(zerolog.SyncWriter(&log))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { sweep.Run(ctx); close(done) }()
		time.Sleep(2500 * time.Millisecond) // virtual time: three rounds
		cancel()
		<-done
		for _, name := range []string{"rescue", "late", "eligible", "batches", "deadlines", "digests", "backlog", "pictures"} {
			n := 0
			for _, s := range s.steps {
				if s == name {
					n++
				}
			}
			if n != 3 {
				t.Errorf("%s ran %d times, want 3", name, n)
			}
		}
		if !strings.Contains(log.String(), "will be tried again") {
			t.Error("the failure was not logged")
		}
	})
}

// busyStore counts the duties that lead at the same time; the relay has its own way.
type busyStore struct {
	store
	now, most int
}

func (b *busyStore) Lead(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	if name == "relay" {
		return true, f(ctx)
	}
	b.mu.Lock()
	b.now++
	b.most = max(b.most, b.now)
	b.mu.Unlock()
	time.Sleep(time.Second) // of the bubble's clock
	err := f(ctx)
	b.mu.Lock()
	b.now--
	b.mu.Unlock()
	return true, err
}

// Rule: a duty holds one connection and needs another, so that all at once could
// exhaust the pool and wait for ever.
func TestDutiesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &busyStore{store: store{changes: make(chan struct{})}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		(&Sweep{Store: s, Publisher: &bell{}, Now: time.Now, Log: zerolog.Nop(), Interval: 10 * time.Second}).Run(ctx)
		if s.most != 1 {
			t.Errorf("%d duties at the same time", s.most)
		}
		for _, d := range (&Sweep{Store: s}).duties() {
			if !slices.Contains(s.steps, d.name) {
				t.Errorf("%s never had its turn", d.name)
			}
		}
	})
}

func TestAChangeWakesTheRelayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{changes: make(chan struct{})}
		b := &bell{}
		sweep := newSweep(s, b)
		sweep.Interval = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { sweep.relayLoop(ctx); close(done) }()
		synctest.Wait()
		s.mu.Lock()
		s.rings = []Ring{{ID: 1, Ref: "a"}}
		s.mu.Unlock()
		s.changes <- struct{}{}
		synctest.Wait()
		if !slices.Equal(b.rung, []string{"a"}) {
			t.Errorf("rung %v", b.rung)
		}
		cancel()
		<-done
	})
}
