package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Queue is one stream with the one consumer that works it off.
type Queue struct {
	Stream   string
	Subject  string
	Consumer string
}

// The queues.
var (
	Reviews    = Queue{Stream: "REVIEW", Subject: "review.attempt", Consumer: "worker"}
	Express    = Queue{Stream: "EXPRESS", Subject: "review.express", Consumer: "express"}
	Authority  = Queue{Stream: "AUTHORITY", Subject: "authority.attempt", Consumer: "authority"}
	Deliveries = Queue{Stream: "NOTIFY", Subject: "notify.delivery", Consumer: "notifier"}
)

var queues = []Queue{Reviews, Express, Authority, Deliveries}

const (
	ackWait   = 10 * time.Second // short: whoever works longer says so
	maxAge    = 72 * time.Hour   // the sweep rings again for what is older
	dedup     = 2 * time.Minute  // an economy, never a guarantee
	maxQueued = 100_000
	maxBytes  = 64 << 20 // maxQueued of some 300 bytes; NATS sets all of it aside
)

func (q Queue) stream(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: q.Stream, Subjects: []string{q.Subject}, Retention: jetstream.WorkQueuePolicy,
		Storage: jetstream.FileStorage, MaxAge: maxAge, Duplicates: dedup, Replicas: replicas,
		MaxMsgs: maxQueued, MaxBytes: maxBytes, Discard: jetstream.DiscardNew, MaxMsgSize: 1024,
	}
}

// consumer never gives a message up by itself (MaxDeliver -1): the database
// decides what becomes of an attempt that fails too often.
func (q Queue) consumer() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable: q.Consumer, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait,
		MaxDeliver: -1, MaxAckPending: 10_000,
	}
}

// ensure makes the queue's stream and consumer match the declaration.
func (b *Bus) ensure(ctx context.Context, q Queue) (jetstream.Consumer, error) {
	if _, err := b.js.CreateOrUpdateStream(ctx, q.stream(b.replicas)); err != nil {
		return nil, fmt.Errorf("make stream %s: %w", q.Stream, err)
	}
	c, err := b.js.CreateOrUpdateConsumer(ctx, q.Stream, q.consumer())
	if err != nil {
		return nil, fmt.Errorf("make consumer %s of %s: %w", q.Consumer, q.Stream, err)
	}
	return c, nil
}
