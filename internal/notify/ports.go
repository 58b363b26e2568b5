package notify

import (
	"context"
	"time"

	"realname/internal/review"
)

// Store is where deliveries wait. Every write is fenced by the delivery's
// epoch: a stale one returns review.ErrFenced and changes nothing.
type Store interface {
	// ClaimDelivery takes a due delivery for the length of the lease and counts
	// the try. review.ErrNotFound means that there is nothing to do: it is
	// finished, not due yet, or taken by somebody else.
	ClaimDelivery(ctx context.Context, id string, lease time.Duration) (review.Delivery, error)
	// Subject returns the submission with all its attempts; the delivery's
	// attempt carries its outcome.
	Subject(ctx context.Context, d review.Delivery) (review.Submission, error)
	// FinishDelivery records a try and, in the same transaction, what follows.
	FinishDelivery(ctx context.Context, d review.Delivery, t Try, next Next) error
}

// Try is one attempt at delivering.
type Try struct {
	At     time.Time
	Took   time.Duration
	Status int    // HTTP or SMTP status, 0 when there was none
	Answer string // the first kilobyte of the answer, for the endpoint's owner
	Error  string // why it failed, empty when it arrived; never identity data
}

// Next says what happens to a delivery after a try.
type Next struct {
	Delivered bool
	// RetryAt is when to try again; zero on a failure means that it is given up
	// (exhausted): visible, and replayable by hand.
	RetryAt time.Time
	// DisableEndpoint: the receiver said that it is gone for good.
	DisableEndpoint bool
}
