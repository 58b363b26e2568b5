package notify

import (
	"context"
	"time"

	"realname/internal/review"
)

// Store is where deliveries wait.
type Store interface {
	// Wake signals on the channel whenever deliveries may have been written, until
	// ctx ends. It survives lost connections.
	Wake(ctx context.Context) <-chan struct{}
	// Waiting lists the enabled endpoints with a delivery that is due.
	Waiting(ctx context.Context) ([]review.Endpoint, error)
	// ClaimDeliveries takes due deliveries, of each endpoint up to the number that
	// places names, for the length of the lease, and counts the try. Of one
	// submission only the oldest unfinished one is taken.
	ClaimDeliveries(ctx context.Context, places map[string]int, lease time.Duration) ([]review.Delivery, error)
	// Subject returns what a delivery is about: the outcome as of its event.
	Subject(ctx context.Context, d review.Delivery) (Subject, error)
	// Letter returns the tenant's own words in a language: review.ErrNotFound.
	Letter(ctx context.Context, tenant string, language string) (Letter, error)
	// Pictures returns the small JPEGs that illustrate an attempt's outcome of that
	// kind, by the index of their finding; none is no error.
	Pictures(ctx context.Context, attemptID string, kind review.Kind) (map[int][]byte, error)
	// FinishDeliveries records tries and, in the same transaction, what follows. A delivery
	// that was taken over meanwhile is left as it is.
	FinishDeliveries(ctx context.Context, list []Finished) error
	// Behind reports whether deliveries are due that had to let one of these go first.
	Behind(ctx context.Context, list []review.Delivery) (bool, error)
}

// Subject is what an event is about; the event says which field is set.
type Subject struct {
	Submission review.Submission // all attempts; the delivery's attempt carries its outcome
	Batch      review.Batch
	About      review.Endpoint // that was disabled
	Day        Day
}

// Day is what a daily message gathered.
type Day struct {
	Date    string // 2026-03-12, in Shanghai
	Counts  map[review.Kind]int
	Reasons map[review.Reason]int // primary ones of the refusals
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
	// Blamed: the failure is the endpoint's and not of this one message. One that is
	// blamed for FailingFor without an arrival is disabled.
	Blamed bool
	// Uncounted: the try costs no place in the schedule.
	Uncounted bool
}

// Finished is a try with its delivery.
type Finished struct {
	Delivery review.Delivery
	Try      Try
	Next     Next
}

// FailingFor is how long nothing may arrive at an endpoint before it is disabled
// and its owner is told.
const FailingFor = 5 * 24 * time.Hour

// FailingTries is how many must have failed in that time: about the tries of one message.
const FailingTries = 10
