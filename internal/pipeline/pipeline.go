package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/failpoint"
	"realname/internal/review"
	"realname/internal/telemetry"
)

// Pipeline reviews attempts.
type Pipeline struct {
	Store    Store
	Blobs    Blobs
	Examiner Examiner
	Checks   Checks
	// Authority is asked where the rules want it; nil when nobody can be asked.
	Authority Authority
	Recorder  *Recorder
	Evidence  Evidence           // nil: mails are sent without pictures
	Stages    []review.StageName // nil: all, as Stages lists them
	Worker    string             // this process, for the lease
	Lease     time.Duration      // how long a claim holds without a sign of life
	MaxBytes  int64              // of one upload; more is an error of ours, since ingest refuses it
	Now       func() time.Time
	Log       zerolog.Logger
	// Longest is how long a review may take; zero is no bound. Hung is called when
	// one has been told to end and has not after a lease more: it should end the
	// process, or the review would keep its place for ever.
	Longest time.Duration
	Hung    func(attemptID string)

	turns turns
	taken atomic.Int64 // when an attempt was taken last, in Unix nanoseconds
}

// Review takes the attempt through its review. A nil error means that the
// message that named it is done with: decided, deferred, handed to the authority's
// lane, released, or not ours to do. An error means that the store could not be
// reached.
func (p *Pipeline) Review(ctx context.Context, attemptID string) error {
	return p.take(ctx, "review", attemptID, p.claim, p.review)
}

// getter claims an attempt; leave is called when all is over, whether it was got or not.
type getter func(ctx context.Context, attemptID string) (c Claim, leave func(), err error)

// step is what is done with a claim. No kind of outcome means that it was handed over.
type step func(context.Context, Claim) (review.Outcome, error)

// take claims the attempt, does the step under the claim's lease and ends the claim.
func (p *Pipeline) take(ctx context.Context, name, attemptID string, get getter, do step) error {
	ctx, end := telemetry.Span(telemetry.Attempt(ctx, attemptID), name, telemetry.ID("attempt", attemptID))
	start := time.Now()
	claim, leave, err := get(ctx, attemptID)
	defer leave()
	if errors.Is(err, review.ErrNotFound) {
		end(nil)
		return nil
	}
	if err != nil {
		err = fmt.Errorf("claim attempt: %w", err)
		end(err)
		return err
	}
	failpoint.Hit("worker-after-claim")
	telemetry.Stage("claim", start)
	outcome, err := p.hold(ctx, claim, do)
	count(claim, outcome, start, err)
	end(err)
	return p.finish(ctx, claim, outcome, err)
}

// LastTaken is when an attempt was taken last; the zero time when none was.
func (p *Pipeline) LastTaken() time.Time {
	if at := p.taken.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// hold does the step while the lease is kept.
func (p *Pipeline) hold(ctx context.Context, claim Claim, do step) (review.Outcome, error) {
	telemetry.ReviewsRunning.Inc()
	defer telemetry.ReviewsRunning.Dec()
	telemetry.LastTaken.SetToCurrentTime()
	p.taken.Store(time.Now().UnixNano())
	held, release := context.WithCancelCause(ctx)
	stopped := p.keepLease(held, release, claim)
	defer p.watch(release, claim.Attempt.ID)()
	outcome, err := p.guarded(held, claim, do)
	release(nil)
	<-stopped
	return outcome, err
}

// guarded does the step. A panic in it is an error of ours like any other, and parks
// the attempt in the end, instead of taking down all that is reviewed in the process.
func (p *Pipeline) guarded(ctx context.Context, claim Claim, do step) (outcome review.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error().Bytes("stack", debug.Stack()).Str("attempt", claim.Attempt.ID).Msg("review panicked")
			outcome, err = review.Outcome{}, fmt.Errorf("review attempt: panic: %T", r)
		}
	}()
	return do(ctx, claim)
}

func (p *Pipeline) review(ctx context.Context, claim Claim) (review.Outcome, error) {
	facts, err := p.examine(ctx, claim)
	if err != nil {
		return review.Outcome{}, err
	}
	outcome := judge(p.stages(), p.Checks, claim.Profile, facts)
	if p.mustAsk(claim, outcome) {
		return review.Outcome{}, p.Store.HandOver(ctx, claim.Attempt.ID, claim.Epoch, facts, time.Time{})
	}
	failpoint.Hit("worker-before-record")
	defer failpoint.Hit("worker-after-record")
	pictures := p.illustrate(ctx, claim, outcome, facts)
	return outcome, p.Recorder.Record(ctx, Decision{claim.Attempt.ID, claim.Epoch, outcome, facts, pictures})
}

// finish ends the claim: a lost lease is somebody else's, an error of ours is
// released to be tried again.
func (p *Pipeline) finish(ctx context.Context, claim Claim, outcome review.Outcome, err error) error {
	log := p.Log.With().Str("attempt", claim.Attempt.ID).Int64("epoch", claim.Epoch).Logger()
	switch {
	case err == nil && outcome.Kind == "":
		log.Info().Msg("attempt waits for the authority")
		return nil
	case err == nil:
		log.Info().Str("outcome", string(outcome.Kind)).Str("reason", string(outcome.Primary)).Msg("attempt reviewed")
		return nil
	case errors.Is(err, review.ErrFenced):
		log.Warn().Msg("lease lost, nothing written")
		return nil
	case ctx.Err() != nil:
		// The service is stopping: give the attempt back at once and at no charge.
		err = context.Cause(ctx)
	default:
		log.Error().Err(err).Msg("review failed, will be tried again")
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	cause, wait := "", time.Duration(0)
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, errOutage):
		wait = outagePause
	default:
		cause, wait = err.Error(), backoff(claim.Errors)
	}
	if err := p.Store.Release(after, claim.Attempt.ID, claim.Epoch, cause, wait); err != nil && !errors.Is(err, review.ErrFenced) {
		return fmt.Errorf("release attempt: %w", err)
	}
	return nil
}

// backoff is how long an attempt rests after its n-th error of ours.
func backoff(errors int) time.Duration {
	return min(time.Second<<min(errors*2, 10), 5*time.Minute)
}

// keepLease extends the lease four times in its length until held ends, and
// ends held with review.ErrFenced when the lease is lost.
func (p *Pipeline) keepLease(held context.Context, release context.CancelCauseFunc, claim Claim) <-chan struct{} {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(p.Lease / 4)
		defer tick.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-tick.C:
			}
			err := p.Store.Extend(held, claim.Attempt.ID, claim.Epoch, p.Lease)
			countLease(err)
			if errors.Is(err, review.ErrFenced) {
				release(review.ErrFenced)
				return
			}
		}
	}()
	return stopped
}

// examine gathers the facts: those of the deferral with today's date, or those
// of a fresh look at every document.
func (p *Pipeline) examine(ctx context.Context, claim Claim) (review.Facts, error) {
	if claim.Facts != nil {
		facts := *claim.Facts
		facts.Now, facts.History = p.Now(), claim.History
		return facts, nil
	}
	facts := review.Facts{Now: p.Now(), Declared: claim.Attempt.Declared, History: claim.History, Images: true}
	for _, doc := range claim.Attempt.Documents {
		if d, ok := p.carry(claim, doc); ok {
			facts.Documents = append(facts.Documents, d)
			continue
		}
		d, err := p.examineOne(ctx, claim.Attempt.Declared, doc)
		if cause := context.Cause(ctx); err != nil && cause != nil {
			return review.Facts{}, cause
		}
		if err != nil {
			return review.Facts{}, err
		}
		facts.Documents = append(facts.Documents, d)
	}
	return facts, nil
}

// carry takes over what the attempt before showed of the same image.
func (p *Pipeline) carry(claim Claim, doc review.Document) (review.DocumentFacts, bool) {
	if claim.Before == nil {
		return review.DocumentFacts{}, false
	}
	d, ok := p.Examiner.Carry(claim.Before.Facts, claim.Attempt.Declared, doc)
	if ok && d.Origin == "" {
		d.Origin = claim.Before.AttemptID
	}
	return d, ok
}

// examineOne loads and examines one document. A panic of a library under
// hostile bytes is an error like any other and parks the attempt in the end.
func (p *Pipeline) examineOne(ctx context.Context, d review.Declared, doc review.Document) (facts review.DocumentFacts, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error().Bytes("stack", debug.Stack()).Str("document", doc.ID).Msg("examination panicked")
			err = fmt.Errorf("examine document %s: panic: %T", doc.ID, r)
		}
	}()
	data, err := p.load(ctx, doc)
	if err != nil {
		return review.DocumentFacts{}, err
	}
	failpoint.Hit("worker-after-load")
	facts, err = p.Examiner.Examine(ctx, d, doc, data)
	if err != nil {
		return review.DocumentFacts{}, fmt.Errorf("examine document %s: %w", doc.ID, err)
	}
	return facts, nil
}

func (p *Pipeline) load(ctx context.Context, doc review.Document) ([]byte, error) {
	if doc.Size > p.MaxBytes {
		return nil, fmt.Errorf("document %s has %d bytes, more than %d", doc.ID, doc.Size, p.MaxBytes)
	}
	defer telemetry.Stage("load", time.Now())
	data, err := p.fetch(ctx, doc)
	if err == nil {
		return data, nil
	}
	return nil, fmt.Errorf("load document %s: %w", doc.ID, p.blame(ctx, err))
}

func (p *Pipeline) fetch(ctx context.Context, doc review.Document) ([]byte, error) {
	r, err := p.Blobs.Get(ctx, doc.BlobKey)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	data := make([]byte, doc.Size)
	_, err = io.ReadFull(r, data)
	return data, err
}
