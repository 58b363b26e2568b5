package notify

import (
	"context"
	"time"

	"realname/internal/failpoint"
	"realname/internal/review"
)

const (
	recordAtOnce = 256                    // tries written in one transaction
	recordRest   = 20 * time.Millisecond  // between two of these, so that each takes several
	recordRetry  = 500 * time.Millisecond // between attempts to write them
	recordEnd    = 10 * time.Second       // a stopping service tries so long
)

// record writes what was tried, many at once, until the channel is closed. What
// cannot be written is tried again: what was sent and not recorded is sent twice.
func (s *Service) record(ctx context.Context, stopping <-chan struct{}) {
	for first := range s.finished {
		list := s.gather(first)
		var end <-chan time.Time
		for {
			err := s.Store.FinishDeliveries(ctx, list)
			if err == nil {
				failpoint.Hit("notify-after-mark")
				s.letFollow(ctx, list)
				pause(stopping, recordRest)
				break
			}
			s.Log.Error().Err(err).Int("count", len(list)).Msg("recording deliveries failed, will be tried again")
			if end == nil {
				end = endOf(stopping)
			}
			if !pause(end, recordRetry) {
				s.Log.Error().Int("count", len(list)).Msg("deliveries were not recorded and will be sent again")
				break
			}
		}
	}
}

// letFollow asks for a look when something waited behind what has ended: a look for
// every try would be in the way of what is new.
func (s *Service) letFollow(ctx context.Context, list []Finished) {
	var ended []review.Delivery
	for _, f := range list {
		if f.Next.RetryAt.IsZero() && f.Delivery.SubmissionID != "" {
			ended = append(ended, f.Delivery)
		}
	}
	if len(ended) == 0 {
		return
	}
	if behind, err := s.Store.Behind(ctx, ended); behind || err != nil { // in doubt a look is cheap
		s.lanes.signal()
	}
}

// gather adds what has ended meanwhile.
func (s *Service) gather(first Finished) []Finished {
	list := []Finished{first}
	for len(list) < recordAtOnce {
		select {
		case f, ok := <-s.finished:
			if !ok {
				return list
			}
			list = append(list, f)
		default:
			return list
		}
	}
	return list
}

// endOf tells when a stopping service gives up.
func endOf(stopping <-chan struct{}) <-chan time.Time {
	end := make(chan time.Time)
	go func() { <-stopping; time.AfterFunc(recordEnd, func() { close(end) }) }()
	return end
}

// pause waits, and reports whether it was not ended before. What is over needs no
// timer: two timers that have expired before anybody waits for them are run at once by
// whoever looks, which the race detector's virtual time does not survive (Go 1.26).
func pause[T any](end <-chan T, d time.Duration) bool {
	if d <= 0 {
		select {
		case <-end:
			return false
		default:
			return true
		}
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-end:
		return false
	case <-t.C:
		return true
	}
}
