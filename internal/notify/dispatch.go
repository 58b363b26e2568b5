package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/failpoint"
	"realname/internal/review"
)

const (
	// inFlight bounds the deliveries of one notifier at the same time.
	inFlight = 1024
	// look is how often the notifier looks by itself: retries ring no bell.
	look = time.Second
	// between is the least time between two looks, so that each takes several.
	between = 10 * time.Millisecond
	// oursAgain is when a message is tried again that our own mail server did not take.
	oursAgain = time.Minute
	// claimAtOnce bounds what one look takes for one endpoint.
	claimAtOnce = 64
)

// Service delivers. Each endpoint has places of its own, so that one that is dead
// or slow holds up nobody else.
type Service struct {
	Store     Store
	Catalogue Catalogue
	Senders   map[review.EndpointKind]Sender
	Now       func() time.Time
	Log       zerolog.Logger
	// Lease is how long a try may take before another notifier may take the
	// delivery; it is above every sender's own time-out.
	Lease time.Duration

	lanes    lanes
	notices  cache
	finished chan Finished
	running  sync.WaitGroup
}

// Run delivers until ctx ends, then waits for what is under way and records it.
func (s *Service) Run(ctx context.Context) {
	s.finished = make(chan Finished, inFlight)
	s.lanes.freed = make(chan struct{}, 1)
	recorded := make(chan struct{})
	go func() { defer close(recorded); s.record(context.WithoutCancel(ctx), ctx.Done()) }()
	s.lookLoop(ctx)
	s.running.Wait()
	close(s.finished)
	<-recorded
}

// lookLoop looks for work whenever there may be some.
func (s *Service) lookLoop(ctx context.Context) {
	wake := s.Store.Wake(ctx)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error().Err(err).Msg("looking for deliveries failed, will be tried again")
		}
		looked := time.Now()
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-s.lanes.freed:
		case <-tick.C:
		}
		pause(ctx.Done(), between-time.Since(looked))
	}
}

// look takes for all endpoints at once what they have places for.
func (s *Service) look(ctx context.Context) error {
	waiting, err := s.Store.Waiting(ctx)
	if err != nil {
		return err
	}
	places := s.lanes.take(waiting, claimAtOnce, s.Now())
	if len(places) == 0 {
		return nil
	}
	list, err := s.Store.ClaimDeliveries(ctx, places, s.Lease)
	for _, d := range list {
		places[d.Endpoint.ID]--
	}
	s.lanes.give(places)
	for _, d := range list {
		s.running.Go(func() { s.deliver(ctx, d) })
	}
	return err
}

// deliver makes one try. A try that began is ended even while the service stops.
func (s *Service) deliver(ctx context.Context, d review.Delivery) {
	failpoint.Hit("notify-after-claim")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Lease) // then it is another's
	defer cancel()
	ctx, end := traced(ctx, d)
	r, err := s.try(ctx, d)
	end(r, err)
	if errors.Is(err, review.ErrNotFound) {
		r, err = Result{Try: Try{At: s.Now(), Error: "what it was to tell of is gone"}, Final: true}, nil
	}
	if err != nil { // our own store failed; after its lease the delivery is due again
		s.Log.Error().Err(err).Str("delivery", d.ID).Msg("loading a delivery failed, will be tried again")
		s.lanes.done(d.Endpoint.ID, ending{answered: true}, s.Now()) // no fault of the endpoint's, but a time for fewer
		return
	}
	f := Finished{d, r.Try, s.next(d, r)}
	s.watch(f)
	s.finished <- f
	s.lanes.done(d.Endpoint.ID, ending{well: r.Delivered || !r.Blamed, answered: r.Status != 0, ours: r.Ours, leave: r.RetryAfter}, s.Now())
}

// next decides what follows a try.
func (s *Service) next(d review.Delivery, r Result) Next {
	if r.Delivered {
		return Next{Delivered: true}
	}
	n := Next{DisableEndpoint: r.Gone, Blamed: r.Blamed, Uncounted: r.Ours}
	switch {
	case r.Ours:
		n.RetryAt = s.Now().Add(oursAgain)
	case !r.Final:
		n.RetryAt = retryAt(s.Now(), d.Tries-min(d.Lost, mostLost), r.RetryAfter)
	}
	return n
}
