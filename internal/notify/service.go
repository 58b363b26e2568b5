package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"realname/internal/review"
)

// lease is how long a try may take before another notifier may take the
// delivery; it is well above every sender's own time-out.
const lease = time.Minute

// finishTime bounds the recording of a try.
const finishTime = 10 * time.Second

// Sender hands one notice to one endpoint, once.
type Sender interface {
	Send(ctx context.Context, d review.Delivery, n Notice) Result
}

// Result is how one try ended.
type Result struct {
	Try
	Delivered  bool
	Final      bool          // trying again cannot help
	Gone       bool          // the receiver wants no more at all
	RetryAfter time.Duration // the receiver asked to wait
}

// Service delivers.
type Service struct {
	Store     Store
	Catalogue Catalogue
	Senders   map[review.EndpointKind]Sender
	Now       func() time.Time
}

// Deliver makes one try at the delivery with this id. A delivery that is
// finished, not due or in other hands is no error. An error means that our own
// store failed; the delivery stays due.
func (s *Service) Deliver(ctx context.Context, id string) error {
	d, err := s.Store.ClaimDelivery(ctx, id, lease)
	if errors.Is(err, review.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim delivery: %w", err)
	}
	subject, err := s.Store.Subject(ctx, d)
	if err != nil {
		return fmt.Errorf("load subject of delivery: %w", err)
	}
	r := s.try(ctx, d, subject)
	// What was sent is recorded even while the service stops: otherwise it would
	// be sent again.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	err = s.Store.FinishDelivery(after, d, r.Try, s.next(d, r))
	if errors.Is(err, review.ErrFenced) {
		return nil // somebody else took it over and reports
	}
	if err != nil {
		return fmt.Errorf("finish delivery: %w", err)
	}
	return nil
}

func (s *Service) try(ctx context.Context, d review.Delivery, subject review.Submission) Result {
	sender, ok := s.Senders[d.Endpoint.Kind]
	if !ok {
		return Result{Try: Try{At: s.Now(), Error: "no sender for channel " + string(d.Endpoint.Kind)}, Final: true}
	}
	notice := NewNotice(d, subject, s.Catalogue)
	notice.To = recipient(subject, d)
	start := s.Now()
	r := sender.Send(ctx, d, notice)
	r.At, r.Took = start, s.Now().Sub(start)
	return r
}

// next decides what follows a try.
func (s *Service) next(d review.Delivery, r Result) Next {
	if r.Delivered {
		return Next{Delivered: true}
	}
	n := Next{DisableEndpoint: r.Gone}
	if !r.Final {
		n.RetryAt = retryAt(s.Now(), d.Tries, r.RetryAfter)
	}
	return n
}
