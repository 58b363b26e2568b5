package sweep

import (
	"context"
	"time"
)

// deadlineNotice is how long before its deadline a registrant is reminded.
const deadlineNotice = 24 * time.Hour

// deadlines reminds of what is still to be mended before a deadline, once an attempt.
func (s *Sweep) deadlines(ctx context.Context) (int, error) {
	return s.Store.DeadlinesNear(ctx, deadlineNotice)
}

// digests gathers what waits for a digest into one message.
func (s *Sweep) digests(ctx context.Context) (int, error) {
	return s.Store.Digests(ctx, s.Now())
}
