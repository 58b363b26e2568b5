package erase

import (
	"context"
	"errors"
	"time"

	"realname/internal/review"
)

// unownedFor is how long something may be stored that belongs to nothing yet: an
// upload of many gigabytes takes hours, and its row comes at its end.
const unownedFor = 24 * time.Hour

// looked bounds how many keys are looked at in one step.
const looked = 5000

// Place is where a walk through the keys by their age stands.
type Place struct {
	At  time.Time
	Key string
}

// Unowned erases what was stored a day ago and belongs to nothing, since its upload
// ended before its row was written. Each step goes on where the one before ended, so
// that each key is looked at once in the life of a process. It says how much was erased.
func (e *Eraser) Unowned(ctx context.Context) (int, error) {
	to, n, err := e.Store.DropUnowned(ctx, e.place, unownedFor, looked, e.Bucket.Delete)
	if errors.Is(err, review.ErrNotFound) {
		return 0, nil
	}
	if err == nil {
		e.place = to
	}
	return n, err
}
