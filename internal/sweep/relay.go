package sweep

import (
	"context"
	"fmt"
	"time"

	"realname/internal/failpoint"
	"realname/internal/telemetry"
)

const (
	// relayBatch bounds what is told between two looks at the outbox.
	relayBatch = 256
	// relayPause is how soon the relay looks again while attempts wait for room;
	// it doubles up to the interval while there is none.
	relayPause = 20 * time.Millisecond
)

// relayLoop tells NATS what the outbox holds, woken by changes and at the
// latest after the interval. While another process leads, changes are its
// affair: a hundred relays that all wake for each would be a crowd.
func (s *Sweep) relayLoop(ctx context.Context) {
	changes := s.Store.Changes(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	pause := relayPause
	for {
		led, told, waits := s.relayAll(ctx)
		wake := changes
		switch {
		case !led:
			wake, pause = nil, s.Interval
		case told > 0:
			pause = relayPause
		case waits:
			pause = min(2*pause, s.Interval)
		default:
			pause = s.Interval
		}
		timer.Reset(pause)
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-timer.C:
		}
	}
}

// relayAll tells what may be told now. It reports whether this process led, how
// much it told, and whether attempts wait for room.
func (s *Sweep) relayAll(ctx context.Context) (led bool, told int, waits bool) {
	start := time.Now()
	led, err := s.Store.Lead(ctx, "relay", func(ctx context.Context) error {
		for {
			n, full, err := s.relay(ctx)
			told += n
			waits = full
			if all := n < relayBatch && !full; err != nil || n == 0 || all { // what came meanwhile wakes the loop again
				return err
			}
		}
	})
	watch("relay", start, led, told, err)
	if err != nil && ctx.Err() == nil {
		s.Log.Error().Err(err).Str("duty", "relay").Msg("sweep failed, will be tried again")
		return false, told, waits
	}
	return led, told, waits
}

// relay tells one batch: all that is due beside attempts, and of the attempts
// those that are about to run.
func (s *Sweep) relay(ctx context.Context) (told int, waits bool, err error) {
	rings, err := s.Store.Outbox(ctx, relayBatch)
	if err != nil {
		return 0, false, fmt.Errorf("read outbox: %w", err)
	}
	admitted, waits, err := s.admit(ctx)
	if err != nil {
		return 0, false, err
	}
	told, err = s.tell(ctx, append(rings, admitted...))
	return told, waits, err
}

// admit picks the attempts that are about to run. It reports whether more may wait
// than there was room for.
func (s *Sweep) admit(ctx context.Context) ([]Ring, bool, error) {
	q, err := s.Publisher.Waiting(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("look at what waits in NATS: %w", err)
	}
	room := min(s.window.room(s.Now(), q), relayBatch)
	telemetry.RelayWindow.Set(float64(s.window.size(q)))
	telemetry.RelayWaiting.Set(float64(q.Waiting))
	express, err := s.expressRoom(ctx, q)
	if err != nil || room+express == 0 {
		return nil, true, err
	}
	candidates, err := s.Store.Candidates(ctx, s.Fairness.UrgentWithin, room+express)
	if err != nil {
		return nil, false, fmt.Errorf("read queue: %w", err)
	}
	s.admission.Fairness = s.Fairness
	first, rest := s.admission.express(candidates, s.Now(), express)
	picked := s.admission.pick(rest, s.Now(), room)
	s.window.admitted(len(picked))
	return append(first, picked...), len(rest) > len(picked) || len(picked) == room, nil
}

// expressRoom is how many of the places that are kept for what came alone are free.
// They are looked at only while every other place is taken.
func (s *Sweep) expressRoom(ctx context.Context, q Waiting) (int, error) {
	if q.Asking > q.Waiting || q.Running == 0 {
		return 0, nil
	}
	e, err := s.Publisher.WaitingExpress(ctx)
	if err != nil {
		return 0, fmt.Errorf("look at what waits in NATS: %w", err)
	}
	return max(e.Asking-e.Waiting, 0), nil
}

// tell publishes. A row leaves the outbox only after NATS acknowledged it; a
// crash in between tells twice, which nobody minds.
func (s *Sweep) tell(ctx context.Context, rings []Ring) (int, error) {
	if len(rings) == 0 {
		return 0, nil
	}
	failpoint.Hit("relay-before-publish")
	told := make([]int64, 0, len(rings))
	var failed error
	for i, err := range s.Publisher.Publish(ctx, rings) {
		if err != nil {
			failed = fmt.Errorf("tell NATS: %w", err)
			continue
		}
		told = append(told, rings[i].ID)
		telemetry.RelayTold.WithLabelValues(telemetry.Class(rings[i].Bulk)).Inc()
	}
	failpoint.Hit("relay-after-publish")
	if len(told) > 0 {
		if err := s.Store.Told(ctx, told); err != nil {
			return len(told), fmt.Errorf("clear outbox: %w", err)
		}
	}
	failpoint.Hit("relay-after-told")
	return len(told), failed
}
