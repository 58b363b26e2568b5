package app

import (
	"context"
	"fmt"
	"time"
)

// Progress answers with an error when attempts wait and this worker has taken
// none for longer than the patience: it is deaf, whatever its connections say. A
// worker that is busy while others wait makes progress.
func Progress(oldest func(context.Context) (time.Duration, error), taken func() time.Time, patience time.Duration) func(context.Context) error {
	started := time.Now()
	return func(ctx context.Context) error {
		last := taken()
		if last.IsZero() {
			last = started
		}
		idle := time.Since(last)
		if idle < patience {
			return nil
		}
		age, err := oldest(ctx)
		if err != nil {
			return err
		}
		if age > patience {
			return fmt.Errorf("an attempt waits since %v and this worker has taken none for %v", age.Round(time.Second), idle.Round(time.Second))
		}
		return nil
	}
}
