// Package worker wires the service that reviews attempts. It stands apart from
// package app because it alone links the native OCR library.
package worker

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"realname/internal/app"
	"realname/internal/examine"
	"realname/internal/httpapi"
	"realname/internal/pipeline"
)

// Alone is Run in a process of its own, whose memory it bounds.
func Alone(ctx context.Context, c app.Config, log zerolog.Logger) error {
	boundMemory(atOnce(c))
	return Run(ctx, c, log)
}

// Run reviews attempts until ctx ends.
func Run(ctx context.Context, c app.Config, log zerolog.Logger) error {
	store, closeStore, err := app.Store(ctx, c)
	if err != nil {
		return err
	}
	defer closeStore()
	blobs, err := app.Documents(c, store)
	if err != nil {
		return err
	}
	b, err := app.Bus(c, log)
	if err != nil {
		return err
	}
	defer b.Close()
	rules, err := app.Rules(c)
	if err != nil {
		return err
	}
	examiner, err := examine.New(rules.Set, atOnce(c), c.Worker.DecodeBytes)
	if err != nil {
		return err
	}
	defer examiner.Close()
	log.Info().Str("holds", examiner.Isolation()).Msg("OCR runs in processes of its own")
	desk, err := app.Authority(c, store, rules)
	if err != nil {
		return err
	}
	p := &pipeline.Pipeline{
		Authority: desk, Store: store, Blobs: blobs, Examiner: examiner, Checks: rules, Recorder: pipeline.NewRecorder(store), Evidence: examiner.Cutter(),
		Worker: name(), Lease: c.Worker.Lease, Longest: c.Worker.Longest, Hung: hung(log), MaxBytes: httpapi.DefaultLimits.FileBytes, Now: time.Now, Log: log,
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { app.Review(ctx, c, store, b, p, app.Eraser(store, blobs), parallel(c)); return nil })
	g.Go(func() error { return app.Watch(ctx, c, log) })
	g.Go(func() error {
		return app.Ops(ctx, c.HTTP.OpsListen, map[string]func(context.Context) error{
			"postgres": store.Ping, "s3": blobs.Ping,
			"progress": app.Progress(store.OldestUnclaimed, p.LastTaken, c.Worker.Patience),
		}, log)
	})
	return g.Wait()
}

// parallel is how many reviews run at once, whoever sent them.
func parallel(c app.Config) int {
	if c.Worker.Parallel > 0 {
		return c.Worker.Parallel
	}
	return runtime.NumCPU()
}

// atOnce is how many run at once with those of what came alone.
func atOnce(c app.Config) int { return parallel(c) + max(c.Worker.Express, 0) }

// hung ends this process when a review does: its place is lost in it, and who
// started it starts it again. The attempt is charged with a crash.
func hung(log zerolog.Logger) func(string) {
	return func(attempt string) {
		log.Error().Str("attempt", attempt).Msg("a review hangs and cannot be ended: the worker ends itself")
		os.Exit(1)
	}
}

// name tells workers apart in the leases.
func name() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
