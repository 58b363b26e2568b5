package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"realname/internal/app"
	"realname/internal/authority"
	"realname/internal/bus"
	"realname/internal/devstack"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/migrations"
)

const (
	submitters = 32 // clients at once, each waits for its own commit
	parallel   = 64 // reviews at once
	tenant     = "bench"
)

// ours is our stack in this process, without reading.
type ours struct {
	store   *postgres.Store
	pool    *pgxpool.Pool
	changes <-chan struct{} // of outcomes, among others
	stop    func()
}

func startOurs(ctx context.Context, url string, nats *devstack.NATS) (*ours, error) {
	if err := migrations.Up(ctx, url); err != nil {
		return nil, err
	}
	pool, err := postgres.Open(ctx, url, submitters)
	if err != nil {
		return nil, err
	}
	store := postgres.New(pool)
	if err := store.EnsureTenant(ctx, tenant, "Bench"); err != nil {
		return nil, err
	}
	b, err := bus.Connect(nats.URL, 1, zerolog.Nop())
	if err != nil {
		return nil, err
	}
	c, err := app.Default()
	if err != nil {
		return nil, err
	}
	p := &pipeline.Pipeline{
		Store: store, Blobs: nothing{}, Examiner: nothing{}, Checks: nothing{}, Recorder: pipeline.NewRecorder(store),
		Stages: []review.StageName{"one", "two", "three", "four"},
		Worker: "bench", Lease: c.Worker.Lease, MaxBytes: 1 << 20, Now: time.Now, Log: zerolog.Nop(),
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { app.Review(ctx, c, store, b, p, nil, parallel) })
	return &ours{store: store, pool: pool, changes: store.Changes(ctx), stop: func() { cancel(); wg.Wait(); b.Close(); pool.Close() }}, nil
}

// run submits n and waits until all are decided.
func (o *ours) run(ctx context.Context, n int) error {
	if err := each(n, func(int) error { _, err := o.submit(ctx); return err }); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return until(ctx, often, func() (bool, error) {
		var open int
		err := o.pool.QueryRow(ctx, `select count(*) from (select from attempts where state in ('queued', 'running') limit 1) x`).Scan(&open)
		return open == 0, err
	})
}

// submit returns the attempt's id.
func (o *ours) submit(ctx context.Context) (string, error) {
	now := time.Now()
	sub := review.Submission{ID: newID(), Tenant: tenant, SubjectRef: "example.cn", Profile: "default", CreatedAt: now, HoldAt: now.Add(96 * time.Hour)}
	sub.Attempts = []review.Attempt{{
		ID: newID(), SubmissionID: sub.ID, Number: 1, State: review.Queued, CreatedAt: now,
		Declared: review.Declared{Name: "样本甲", Number: "SPECIMEN-" + sub.ID},
	}}
	_, _, err := o.store.Submit(ctx, tenant, "", [32]byte{}, sub)
	return sub.Attempts[0].ID, err
}

func newID() string { return uuid.Must(uuid.NewV7()).String() } // fails only without a source of randomness

// each runs f n times, as many clients at once as there are submitters.
func each(n int, f func(i int) error) error {
	var g errgroup.Group
	g.SetLimit(submitters)
	for i := range n {
		g.Go(func() error { return f(i) })
	}
	return g.Wait()
}

// often is how often until asks what costs next to nothing.
const often = 20 * time.Millisecond

// until asks again and again.
func until(ctx context.Context, pause time.Duration, done func() (bool, error)) error {
	t := time.NewTicker(pause)
	defer t.Stop()
	for {
		if ok, err := done(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// nothing is a review that costs nothing.
type nothing struct{}

func (nothing) Get(context.Context, string) (io.ReadCloser, error) { return nil, review.ErrNotFound }

func (nothing) Ping(context.Context) error { return nil }

func (nothing) Examine(context.Context, review.Declared, review.Document, []byte) (review.DocumentFacts, error) {
	return review.DocumentFacts{}, nil
}

func (nothing) Carry(review.Facts, review.Declared, review.Document) (review.DocumentFacts, bool) {
	return review.DocumentFacts{}, false
}

func (nothing) Run(review.StageName, string, review.Facts) []review.Finding { return nil }

func (nothing) Decide([]review.Finding) review.Outcome {
	return review.Outcome{Kind: review.Approved, RuleSet: "bench"}
}

func (nothing) Terms(string, review.CredentialType) authority.Terms { return authority.Terms{} }
