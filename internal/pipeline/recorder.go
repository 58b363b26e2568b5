package pipeline

import (
	"context"
	"fmt"
	"time"

	"realname/internal/gather"
	"realname/internal/telemetry"
)

const (
	// maxBatch bounds one transaction of outcomes.
	maxBatch      = 256
	recordTimeout = 20 * time.Second
)

// Recorder writes the decisions of concurrent reviews together: whatever
// arrives while one transaction runs goes into the next.
type Recorder struct {
	together *gather.Gather[Decision, struct{}]
}

// NewRecorder makes a recorder.
func NewRecorder(s Store) *Recorder {
	return &Recorder{gather.New(maxBatch, recordTimeout, func(ctx context.Context, decisions []Decision) []gather.Answer[struct{}] {
		telemetry.RecordBatch.Observe(float64(len(decisions)))
		results, err := s.Record(ctx, decisions)
		if err != nil {
			return gather.All[struct{}](len(decisions), fmt.Errorf("record outcomes: %w", err))
		}
		answers := make([]gather.Answer[struct{}], len(results))
		for i, err := range results {
			answers[i].Err = err
		}
		return answers
	})}
}

// Record returns once the decision is committed, or with review.ErrFenced, or
// with why nothing was written. What is being written when ctx ends is waited for.
func (r *Recorder) Record(ctx context.Context, d Decision) error {
	_, err := r.together.Do(ctx, d)
	return err
}
