package sweep

import (
	"context"

	"realname/internal/failpoint"
)

// rescue takes back the attempts of workers that died or hang. The store fences
// whatever the old worker may still try to write.
func (s *Sweep) rescue(ctx context.Context) (int, error) {
	failpoint.Hit("rescue-before")
	defer failpoint.Hit("rescue-after")
	return s.Store.Rescue(ctx, s.MaxCrashes)
}

// ringLate rings again for queued attempts that nobody took: NATS lost the
// message, or its consumer did.
func (s *Sweep) ringLate(ctx context.Context) (int, error) {
	return s.Store.RingLate(ctx, s.Late)
}
