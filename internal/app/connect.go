package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/blob"
	"realname/internal/bus"
	"realname/internal/check"
	"realname/internal/erase"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/rules"
	"realname/internal/seal"
	"realname/internal/sweep"
)

// connections bound the database connections of one process.
const connections = 16

// Store opens the database. It need not answer yet: a service starts, says that
// it is not ready, and works once the database is there.
func Store(ctx context.Context, c Config) (*postgres.Store, func(), error) {
	pool, err := postgres.Open(ctx, c.Postgres.URL, connections)
	if err != nil {
		return nil, nil, err
	}
	return postgres.New(pool), pool.Close, nil
}

// Blobs opens the bucket of the documents.
func Blobs(c Config) (*blob.Store, error) {
	s := c.S3
	if s.Endpoint == "" || s.AccessKey == "" || s.SecretKey == "" {
		return nil, errors.New("S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY must be set: this program keeps or opens documents")
	}
	return blob.New(blob.Config{Endpoint: s.Endpoint, Bucket: s.Bucket, AccessKey: s.AccessKey, SecretKey: s.SecretKey, Region: s.Region, TLS: s.TLS})
}

// Documents opens the bucket and seals what goes in.
func Documents(c Config, keys seal.Keys) (*seal.Store, error) {
	bucket, err := Blobs(c)
	if err != nil {
		return nil, err
	}
	text := c.Seal.Key
	if c.Seal.KeyFile != "" {
		data, err := os.ReadFile(c.Seal.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read SEAL_KEY_FILE: %w", err)
		}
		text = string(data)
	}
	if text == "" {
		return nil, errors.New("SEAL_KEY or SEAL_KEY_FILE must be set; \"realname seal-key\" makes one")
	}
	key, err := seal.ParseKey(text)
	if err != nil {
		return nil, err
	}
	return &seal.Store{Bucket: bucket, Keys: keys, Key: key}, nil
}

// Bus opens the connection to NATS; a server that is down is no error.
func Bus(c Config, log zerolog.Logger) (*bus.Bus, error) {
	return bus.Connect(c.NATS.URL, c.NATS.Replicas, log)
}

// Rules loads the rule set with the deployment's own file over it.
func Rules(c Config) (check.Rules, error) {
	var overrides []string
	if c.Rules.File != "" {
		overrides = append(overrides, c.Rules.File)
	}
	set, err := rules.LoadFiles(overrides...)
	if err != nil {
		return check.Rules{}, fmt.Errorf("load rules: %w", err)
	}
	return check.Rules{Set: set}, nil
}

// Sweep makes the sweep that every worker and notifier runs; advisory locks let
// one of them work.
func Sweep(c Config, s *postgres.Store, b *bus.Bus, log zerolog.Logger) *sweep.Sweep {
	return &sweep.Sweep{
		Store: s, Publisher: b, Now: time.Now, Log: log,
		Interval: 2 * time.Second, Late: 20 * time.Second, MaxCrashes: 3, Fairness: sweep.Fairness(c.Fair),
	}
}

// Eraser erases persons: what is listed stands in the bucket as it is.
func Eraser(s *postgres.Store, documents *seal.Store) *erase.Eraser {
	return &erase.Eraser{Store: s, Documents: documents, List: documents.Bucket, Bucket: documents.Bucket}
}

// Review takes up attempts and runs the sweep until ctx ends.
func Review(ctx context.Context, c Config, s *postgres.Store, b *bus.Bus, p *pipeline.Pipeline, e *erase.Eraser, parallel int) {
	var wg sync.WaitGroup
	defer wg.Wait()
	sweep := Sweep(c, s, b, p.Log)
	sweep.Eraser = e
	wg.Go(func() { sweep.Run(ctx) })
	wg.Go(func() { b.Consume(ctx, bus.Authority, max(c.Authority.Parallel, 1), p.Ask) })
	if c.Worker.Express > 0 {
		wg.Go(func() { b.Consume(ctx, bus.Express, c.Worker.Express, p.Review) })
	}
	b.Consume(ctx, bus.Reviews, parallel, p.Review)
}

// ready asks every part whether it answers.
func ready(checks map[string]func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		var failed error
		for name, ask := range checks {
			if err := ask(ctx); err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
			}
		}
		return failed
	}
}
