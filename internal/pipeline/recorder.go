package pipeline

import (
	"context"
	"errors"
	"fmt"

	"realname/internal/telemetry"
)

// maxBatch bounds one transaction of outcomes.
const maxBatch = 256

// Recorder writes the decisions of concurrent reviews together: whatever
// arrives while one transaction runs goes into the next.
type Recorder struct {
	store Store
	queue chan entry
}

type entry struct {
	decision Decision
	answer   chan error
}

// NewRecorder makes a recorder; Run must be running for Record to return.
func NewRecorder(s Store) *Recorder {
	return &Recorder{store: s, queue: make(chan entry, maxBatch)}
}

// Run writes batches until ctx ends.
func (r *Recorder) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-r.queue:
			r.write(ctx, r.gather(first))
		}
	}
}

// gather takes what is waiting, without waiting for more.
func (r *Recorder) gather(first entry) []entry {
	batch := []entry{first}
	for len(batch) < maxBatch {
		select {
		case e := <-r.queue:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

func (r *Recorder) write(ctx context.Context, batch []entry) {
	decisions := make([]Decision, len(batch))
	for i, e := range batch {
		decisions[i] = e.decision
	}
	telemetry.RecordBatch.Observe(float64(len(decisions)))
	results, err := r.store.Record(ctx, decisions)
	if err == nil && len(results) != len(batch) {
		err = errors.New("the store answered for another number of decisions")
	}
	for i, e := range batch {
		if err != nil {
			e.answer <- fmt.Errorf("record outcomes: %w", err)
			continue
		}
		e.answer <- results[i]
	}
}

// Record returns once the decision is committed, or with review.ErrFenced, or
// with why nothing was written.
func (r *Recorder) Record(ctx context.Context, d Decision) error {
	e := entry{d, make(chan error, 1)}
	select {
	case r.queue <- e:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-e.answer:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
