package sweep

import (
	"context"
	"fmt"
	"time"

	"realname/internal/failpoint"
)

// relayBatch bounds what is told between two looks at the outbox.
const relayBatch = 256

// relayLoop tells NATS what the outbox holds, woken by changes and at the
// latest after the interval.
func (s *Sweep) relayLoop(ctx context.Context) {
	changes := s.Store.Changes(ctx)
	tick := time.NewTicker(s.Interval)
	defer tick.Stop()
	for {
		s.relayAll(ctx)
		select {
		case <-ctx.Done():
			return
		case <-changes:
		case <-tick.C:
		}
	}
}

func (s *Sweep) relayAll(ctx context.Context) {
	start, all := time.Now(), 0
	led, err := s.Store.Lead(ctx, "relay", func(ctx context.Context) error {
		for {
			n, err := s.relay(ctx)
			all += n
			if err != nil || n < relayBatch {
				return err
			}
		}
	})
	watch("relay", start, led, all, err)
	if err != nil && ctx.Err() == nil {
		s.Log.Error().Err(err).Str("duty", "relay").Msg("sweep failed, will be tried again")
	}
}

// relay tells one batch. A row leaves the outbox only after NATS acknowledged
// it; a crash in between tells twice, which nobody minds.
func (s *Sweep) relay(ctx context.Context) (int, error) {
	rings, err := s.Store.Outbox(ctx, relayBatch)
	if err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
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
