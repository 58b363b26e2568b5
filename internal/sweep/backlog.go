package sweep

import (
	"context"
	"time"

	"realname/internal/telemetry"
)

// Backlog is what waits, for the gauges.
type Backlog struct {
	States     map[string]int   // attempts that are not decided
	Oldest     [2]time.Duration // of what came alone, and in batches
	Outbox     int
	Deliveries int
	Untold     int // tenants whose endpoint disabled itself, and who have no other to be told by
}

// backlog shows what waits. Only the process that leads shows it; the gauges of
// the others are taken back, since nobody keeps them fresh.
func (s *Sweep) backlog(ctx context.Context) (int, error) {
	b, err := s.Store.Backlog(ctx)
	if err != nil {
		return 0, err
	}
	for state, n := range b.States {
		telemetry.Attempts.WithLabelValues(state).Set(float64(n))
	}
	for c, age := range b.Oldest {
		telemetry.OldestUnclaimed.WithLabelValues(telemetry.Class(c == batched)).Set(age.Seconds())
	}
	telemetry.OutboxRows.WithLabelValues().Set(float64(b.Outbox))
	telemetry.DeliveriesDue.WithLabelValues().Set(float64(b.Deliveries))
	telemetry.TenantsUntold.WithLabelValues().Set(float64(b.Untold))
	return 0, nil
}

// forgetBacklog takes the gauges back.
func forgetBacklog() {
	telemetry.Attempts.Reset()
	telemetry.OldestUnclaimed.Reset()
	telemetry.OutboxRows.Reset()
	telemetry.DeliveriesDue.Reset()
	telemetry.TenantsUntold.Reset()
}
