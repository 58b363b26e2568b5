package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"realname/internal/review"
)

// turns lets reviews run side by side, but a suspect alone. A crash takes all
// reviews of its process with it, and each of them is charged; whoever was
// charged once runs alone, so that only the guilty one is charged again and no
// neighbour is ever parked for it.
type turns struct {
	once sync.Once
	free *semaphore.Weighted
}

// everybody is more than any worker runs at once.
const everybody = 1 << 20

// take waits for so many of the turns and returns how to give them back.
func (t *turns) take(ctx context.Context, n int64) (func(), error) {
	t.once.Do(func() { t.free = semaphore.NewWeighted(everybody) })
	if err := t.free.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { t.free.Release(n) }, nil
}

// claim takes the attempt, alone when it is a suspect, and returns how to let
// the others go on.
func (p *Pipeline) claim(ctx context.Context, id string) (Claim, func(), error) {
	leave, err := p.turns.take(ctx, 1)
	if err != nil {
		return Claim{}, func() {}, err
	}
	claim, err := p.Store.Claim(ctx, id, p.Worker, p.Lease)
	if err != nil || claim.Crashes == 0 {
		return claim, leave, err
	}
	// It is given back at no charge while it waits for the others to end.
	err = p.Store.Release(ctx, id, claim.Epoch, "", 0)
	leave()
	if errors.Is(err, review.ErrFenced) {
		err = review.ErrNotFound
	}
	if err == nil {
		leave, err = p.turns.take(ctx, everybody)
	}
	if err != nil {
		return claim, func() {}, err
	}
	claim, err = p.Store.Claim(ctx, id, p.Worker, p.Lease)
	return claim, leave, err
}

// errTooLong is why a review was ended that took too long.
var errTooLong = errors.New("the review took too long")

// watch ends a review that takes too long, as an error of ours, and tells when
// it does not end. It returns how to stop watching.
func (p *Pipeline) watch(release context.CancelCauseFunc, id string) func() {
	if p.Longest <= 0 {
		return func() {}
	}
	end := time.AfterFunc(p.Longest, func() { release(errTooLong) })
	hung := time.AfterFunc(p.Longest+p.Lease, func() { p.Hung(id) })
	return func() { end.Stop(); hung.Stop() }
}
