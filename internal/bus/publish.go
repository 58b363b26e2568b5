package bus

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"realname/internal/sweep"
	"realname/internal/telemetry"
)

// ackTimeout bounds the wait for a batch's acknowledgements.
const ackTimeout = 5 * time.Second

// Publish sends a batch and waits for every acknowledgement: see
// sweep.Publisher. A stream that is missing is made and the batch's rest stays
// for the next round.
func (b *Bus) Publish(ctx context.Context, rings []sweep.Ring) []error {
	results := make([]error, len(rings))
	futures := make([]jetstream.PubAckFuture, len(rings))
	for i, r := range rings {
		futures[i], results[i] = b.js.PublishMsgAsync(message(ctx, r))
	}
	deadline := time.NewTimer(ackTimeout)
	defer deadline.Stop()
	for i, f := range futures {
		if results[i] == nil {
			results[i] = await(ctx, f, deadline.C)
		}
	}
	b.heal(ctx, results)
	return results
}

// message carries the id and, for an attempt that is traced, its trace.
func message(ctx context.Context, r sweep.Ring) *nats.Msg {
	m := nats.NewMsg(subject(r))
	m.Data = []byte(r.Ref)
	m.Header.Set(jetstream.MsgIDHeader, r.Ref+":"+strconv.FormatInt(r.ID, 10))
	if r.Subject != Deliveries.Subject {
		telemetry.Inject(telemetry.Attempt(ctx, r.Ref), http.Header(m.Header))
	}
	return m
}

func subject(r sweep.Ring) string {
	if r.Express {
		return Express.Subject
	}
	return r.Subject
}

func await(ctx context.Context, f jetstream.PubAckFuture, deadline <-chan time.Time) error {
	select {
	case <-f.Ok():
		return nil
	case err := <-f.Err():
		return fmt.Errorf("publish: %w", err)
	case <-deadline:
		return errors.New("publish: no acknowledgement in time")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Waiting tells what the stream of reviews holds: see sweep.Publisher.
func (b *Bus) Waiting(ctx context.Context) (sweep.Waiting, error) { return b.waiting(ctx, Reviews) }

// WaitingExpress tells what the express stream holds: see sweep.Publisher.
func (b *Bus) WaitingExpress(ctx context.Context) (sweep.Waiting, error) {
	return b.waiting(ctx, Express)
}

func (b *Bus) waiting(ctx context.Context, q Queue) (sweep.Waiting, error) {
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	c, err := b.js.Consumer(ctx, q.Stream, q.Consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
		c, err = b.ensure(ctx, q)
	}
	if err != nil {
		return sweep.Waiting{}, fmt.Errorf("look at stream %s: %w", q.Stream, err)
	}
	i := c.CachedInfo() // of just now
	return sweep.Waiting{Waiting: int(i.NumPending), Running: i.NumAckPending, Asking: i.NumWaiting}, nil
}

// heal makes streams that publishing found missing.
func (b *Bus) heal(ctx context.Context, results []error) {
	for _, err := range results {
		if !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, jetstream.ErrNoStreamResponse) {
			continue
		}
		if err := b.Ensure(ctx); err != nil {
			b.log.Warn().Err(err).Msg("streams are missing and could not be made")
		}
		return
	}
}
