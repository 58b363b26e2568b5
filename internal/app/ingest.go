package app

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"realname/internal/auth"
	"realname/internal/batch"
	"realname/internal/check"
	"realname/internal/console"
	"realname/internal/httpapi"
	"realname/internal/imaging"
	"realname/internal/intake"
	"realname/internal/limit"
	"realname/internal/postgres"
	"realname/internal/review"
)

// precheckBytes bounds the decoding memory of pre-checks.
const precheckBytes = 256 << 20

// Ingest takes submissions by HTTP.
func Ingest(ctx context.Context, c Config, log zerolog.Logger) error {
	store, closeStore, err := Store(ctx, c)
	if err != nil {
		return err
	}
	defer closeStore()
	blobs, err := Documents(c, store)
	if err != nil {
		return err
	}
	rules, err := Rules(c)
	if err != nil {
		return err
	}
	words, err := Patterns(c.Rules.Patterns)
	if err != nil {
		return fmt.Errorf("VERDICT_PATTERNS: %w", err)
	}
	vouches, err := provider(c.OpenID)
	if err != nil {
		return err
	}
	wake := make(chan struct{}, 1)
	reader := &intake.Intake{Store: store, Blobs: blobs, Catalogue: rules.Set, Limits: batch.DefaultLimits, Lease: c.Batch.Lease, Readers: c.Batch.Readers, Now: time.Now, Log: log}
	server := &httpapi.Server{
		Store: store, Batches: store, Events: store, Endpoints: store, Channels: channels{c.Webhook.Allow}, Letters: letters{store, rules.Set}, Verdicts: store, Patterns: words, Wake: ring(wake), Blobs: blobs, Keys: apiKeys(store, log), Catalogue: rules.Set,
		Reasons:  func() any { return map[string]any{"rule_set": rules.Set.Version, "reasons": rules.Set.Listing()} },
		Precheck: precheck(rules), Limits: httpapi.DefaultLimits, Rates: limit.New(httpapi.DefaultRates), Uploads: &limit.Places{All: httpapi.UploadsAtOnce, Each: httpapi.UploadsOfOneAtOnce}, Now: time.Now, Log: log,
	}
	pages := &console.Console{People: store, Cases: store, Desk: store, Actions: store, Work: store, Keys: store, Provider: vouches, Blobs: blobs, Rules: rules.Set, Now: time.Now, Log: log}
	server.Console = pages.Handler()
	peak := peakHeap(ctx)
	defer func() { log.Info().Uint64("peak_heap_mib", peak()>>20).Msg("ingest stopped") }()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return untilThere(ctx, blobs.EnsureBucket, log) })
	g.Go(func() error { return reader.Run(ctx, wake) })
	g.Go(func() error { return pages.Run(ctx) })
	g.Go(func() error { return Serve(ctx, server.HTTP(c.HTTP.Listen)) })
	g.Go(func() error {
		return Ops(ctx, c.HTTP.OpsListen, map[string]func(context.Context) error{"postgres": store.Ping, "s3": blobs.Ping}, log)
	})
	return g.Wait()
}

// apiKeys checks API keys and notes their use, which is worth no failed request.
func apiKeys(store *postgres.Store, log zerolog.Logger) *auth.Keys {
	keys := auth.New(store, time.Now)
	keys.Used = func(ctx context.Context, id string) {
		if err := store.KeyUsed(ctx, id); err != nil {
			log.Warn().Err(err).Msg("use of a key was not noted")
		}
	}
	return keys
}

// ring wakes whoever waits, and is no more than one ring ahead.
func ring(wake chan<- struct{}) func() {
	return func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// untilThere repeats a step of the start until it works: a service may start
// before what it needs.
func untilThere(ctx context.Context, step func(context.Context) error, log zerolog.Logger) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		err := step(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		log.Warn().Err(err).Msg("waiting")
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// precheck reviews declared data and the files as pictures. It reads no text:
// that is a worker's, and a pre-check answers within its request.
func precheck(r check.Rules) httpapi.Precheck {
	budget := imaging.NewBudget(precheckBytes)
	limits := imaging.DefaultLimits
	limits.MaxPixels, limits.MaxSide = r.Set.Limits.MaxPixels, r.Set.Limits.MaxSide
	return func(ctx context.Context, profiles []string, d review.Declared, files []httpapi.Upload) ([]review.Outcome, error) {
		facts := review.Facts{Now: time.Now(), Declared: d, Images: len(files) > 0, History: review.History{Attempt: 1}}
		for _, f := range files {
			doc := review.DocumentFacts{Role: f.Role, File: imaging.Probe(f.Data, f.Extension, limits)}
			img, fault, err := imaging.Decode(ctx, f.Data, doc.File, budget)
			if err != nil {
				return nil, fmt.Errorf("decode: %w", err)
			}
			doc.File.Fault = fault
			if img != nil {
				p := imaging.Measure(img)
				doc.Picture = &p
			}
			facts.Documents = append(facts.Documents, doc)
		}
		return r.ReviewUnder(profiles, facts), nil
	}
}
