package sweep

import (
	"context"
	"errors"

	"realname/internal/review"
)

// expiredAtOnce bounds what one look asks the erasure of.
const expiredAtOnce = 500

// expire asks for the erasure of what was kept as long as its tenant wants.
func (s *Sweep) expire(ctx context.Context) (int, error) {
	return s.Eraser.Store.Expire(ctx, expiredAtOnce)
}

// erase does the next part of what is to be erased.
func (s *Sweep) erase(ctx context.Context) (int, error) {
	n, err := s.Eraser.Step(ctx)
	if errors.Is(err, review.ErrNotFound) {
		return 0, nil
	}
	return n, err
}
