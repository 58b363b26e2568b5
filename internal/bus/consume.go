package bus

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"realname/internal/failpoint"
	"realname/internal/telemetry"
)

// Handler does the work that an id names. An error means that it could not be
// done now; the message comes again later.
type Handler func(ctx context.Context, id string) error

const (
	fetchWait  = 5 * time.Second        // one pull; also how often it heals
	heartbeat  = time.Second            // of a pull: silence means that the server is gone
	retryDelay = 2 * time.Second        // after a handler's error
	healDelay  = 250 * time.Millisecond // between attempts to find the consumer again
)

// Consume hands ids to at most parallel handlers at once until ctx ends, then
// waits for those that run. It never gives up: a deleted consumer, a lost stream
// or a restarted server is made good and consuming goes on.
func (b *Bus) Consume(ctx context.Context, q Queue, parallel int, h Handler) {
	slots := make(chan struct{}, parallel)
	var running sync.WaitGroup
	defer running.Wait()
	for ctx.Err() == nil {
		if err := b.pull(ctx, q, slots, &running, h); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Str("stream", q.Stream).Msg("consuming interrupted, healing")
			pause(ctx, healDelay)
		}
	}
}

// pull consumes until something breaks.
func (b *Bus) pull(ctx context.Context, q Queue, slots chan struct{}, running *sync.WaitGroup, h Handler) error {
	setup, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	consumer, err := b.ensure(setup, q)
	if err != nil {
		return err
	}
	for {
		free, err := acquire(ctx, slots)
		if err != nil {
			return err
		}
		if err := b.fetch(ctx, q, consumer, free, slots, running, h); err != nil {
			return err
		}
	}
}

// fetch asks for as many messages as slots were taken, starts a handler for
// each that comes, and frees the slots that stayed empty.
func (b *Bus) fetch(ctx context.Context, q Queue, c jetstream.Consumer, n int, slots chan struct{}, running *sync.WaitGroup, h Handler) error {
	waiting, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	got := 0
	defer func() { releaseSlots(slots, n-got) }()
	batch, err := c.Fetch(n, jetstream.FetchContext(waiting), jetstream.FetchHeartbeat(heartbeat))
	if err != nil {
		return err
	}
	for msg := range batch.Messages() {
		got++
		running.Go(func() {
			defer releaseSlots(slots, 1)
			b.handle(ctx, q, msg, h)
		})
	}
	err = batch.Error()
	if errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// acquire takes one slot, waiting for it, and whatever else is free.
func acquire(ctx context.Context, slots chan struct{}) (int, error) {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	n := 1
	for {
		select {
		case slots <- struct{}{}:
			n++
		default:
			return n, nil
		}
	}
}

func releaseSlots(slots chan struct{}, n int) {
	for range n {
		<-slots
	}
}

// handle runs the handler and answers the server: done after the work is
// committed, later after an error, and signs of life in between.
func (b *Bus) handle(ctx context.Context, q Queue, msg jetstream.Msg, h Handler) {
	ctx = telemetry.Extract(ctx, http.Header(msg.Headers()))
	if meta, err := msg.Metadata(); err == nil && meta.NumDelivered > 1 {
		telemetry.BusRedelivery.WithLabelValues(q.Stream).Inc()
	}
	work, cancel := context.WithCancel(ctx)
	alive := make(chan struct{})
	go func() {
		defer close(alive)
		tick := time.NewTicker(ackWait / 3)
		defer tick.Stop()
		for {
			select {
			case <-work.Done():
				return
			case <-tick.C:
				_ = msg.InProgress() // a lost sign of life costs a redelivery, which the claim refuses
			}
		}
	}()
	err := h(work, string(msg.Data()))
	telemetry.BusHandled.WithLabelValues(q.Stream, result(err)).Inc()
	cancel()
	<-alive
	if err != nil && ctx.Err() != nil { // stopping: somebody else does it
		_ = msg.Nak()
		return
	}
	if err != nil {
		b.log.Error().Err(err).Str("subject", msg.Subject()).Str("id", string(msg.Data())).Msg("handling failed, comes again")
		_ = msg.NakWithDelay(retryDelay)
		return
	}
	failpoint.Hit("bus-before-ack")
	_ = msg.Ack() // a lost acknowledgement costs a redelivery, which the claim refuses
}

func result(err error) string {
	if err != nil {
		return "again"
	}
	return "done"
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
