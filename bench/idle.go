package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// idle submits one by one to a system that has nothing else to do, and measures
// from the answer to the client until the outcome is there to be read. The review
// itself does nothing, so that all of it is the pipeline's own.
func idle(ctx context.Context, opt options) (string, error) {
	s, stop, err := startServers()
	defer stop()
	if err != nil {
		return "", err
	}
	url, err := s.database(ctx, "idle")
	if err != nil {
		return "", err
	}
	o, err := startOurs(ctx, url, s.nats)
	if err != nil {
		return "", err
	}
	defer o.stop()
	var took []time.Duration
	for i := range opt.samples + 20 {
		id, err := o.submit(ctx)
		if err != nil {
			return "", fmt.Errorf("submit: %w", err)
		}
		start := time.Now()
		if err := o.decided(ctx, id); err != nil {
			return "", err
		}
		if i >= 20 { // the first warm it up
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(10 * time.Microsecond)
	}
	text := fmt.Sprintf("| submissions, one by one | median | p90 | p99 | longest |\n|---|---|---|---|---|\n| %d | %v | %v | %v | %v |\n", len(took), at(.5), at(.9), at(.99), at(1))
	fmt.Print(text)
	return "From the answer to the client until the outcome can be read, without any review. One client, nothing else to do.\n\n" + text, nil
}

// decided waits for an attempt's outcome; every transaction that writes one
// notifies, so that waiting costs no polling.
func (o *ours) decided(ctx context.Context, attempt string) error {
	for {
		var n int
		if err := o.pool.QueryRow(ctx, `select count(*) from outcomes where attempt_id = $1`, attempt).Scan(&n); err != nil || n > 0 {
			return err
		}
		select {
		case <-o.changes:
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
