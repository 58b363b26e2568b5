package pipeline_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// suspects are attempts of which one was charged with a crash before.
type suspects struct {
	store
	guilty string
	freed  atomic.Int64 // claims of it that were given back at no charge
}

func (s *suspects) Claim(_ context.Context, id, _ string, _ time.Duration) (pipeline.Claim, error) {
	c := oneDocument().claim
	c.Attempt.ID = id
	if id == s.guilty {
		c.Crashes = 1
	}
	return c, nil
}

func (s *suspects) Release(_ context.Context, id string, _ int64, cause string, _ time.Duration) error {
	if id == s.guilty && cause == "" {
		s.freed.Add(1)
	}
	return nil
}

// A suspect is reviewed while nobody else is, so that nobody else is charged
// when it takes the process down, and is itself not charged while it waits.
func TestASuspectRunsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &suspects{guilty: "guilty"}
		ctx := t.Context()
		var running, most atomic.Int64
		p := &pipeline.Pipeline{Store: s, Blobs: blobs{}, Checks: checks{}, Recorder: pipeline.NewRecorder(s), Lease: time.Minute, MaxBytes: 10, Now: time.Now, Log: zerolog.Nop(),
			Examiner: examine(func(ctx context.Context) (review.DocumentFacts, error) {
				n := running.Add(1)
				defer running.Add(-1)
				most.Store(max(most.Load(), n))
				time.Sleep(time.Second) // virtual
				return fine(ctx)
			})}
		review := func(id string) {
			if err := p.Review(ctx, id); err != nil {
				t.Error(err)
			}
		}
		go review("one")
		go review("two")
		synctest.Wait()
		if most.Load() != 2 {
			t.Errorf("%d reviews side by side, want 2", most.Load())
		}
		most.Store(0)
		go review("guilty")
		synctest.Wait()
		go review("three")
		time.Sleep(1500 * time.Millisecond) // the first two are done
		synctest.Wait()
		if running.Load() != 1 || s.freed.Load() != 1 {
			t.Errorf("%d reviews run beside and with the suspect, given back %d times", running.Load(), s.freed.Load())
		}
		time.Sleep(time.Minute)
	})
}

// A review that takes too long is an error of ours; one that does not even end
// then is told of, so that the process can be ended.
func TestAReviewIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := oneDocument()
		hung := make(chan string, 1)
		forever := make(chan struct{})
		p := &pipeline.Pipeline{Store: s, Blobs: blobs{}, Checks: checks{}, Recorder: pipeline.NewRecorder(s), Lease: time.Second, MaxBytes: 10,
			Now: time.Now, Log: zerolog.Nop(), Longest: time.Minute, Hung: func(id string) { hung <- id },
			Examiner: examine(func(ctx context.Context) (review.DocumentFacts, error) {
				<-ctx.Done()
				return review.DocumentFacts{}, errors.New("cut off")
			})}
		if err := p.Review(t.Context(), "a"); err != nil || len(s.released) != 1 || s.released[0] != "the review took too long" {
			t.Errorf("%v, released %q", err, s.released)
		}
		p.Examiner = examine(func(context.Context) (review.DocumentFacts, error) {
			<-forever
			return review.DocumentFacts{}, nil
		})
		start := time.Now()
		go func() { _ = p.Review(t.Context(), "a") }()
		if <-hung; time.Since(start) != time.Minute+time.Second {
			t.Errorf("told after %v", time.Since(start))
		}
		close(forever)
		synctest.Wait()
	})
}
