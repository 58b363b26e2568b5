package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// stages is how many steps a submission takes, here as in our pipeline.
const stages = 4

// step is one stage of one submission.
type step struct {
	ID      string `json:"id"`
	Stage   int    `json:"stage"`
	Payload string `json:"payload"`
}

func (step) Kind() string { return "step" }

// stepper does nothing and chains the next stage: in the transaction of its own
// completion, or by itself and before River completes it in batches.
type stepper struct {
	river.WorkerDefaults[step]
	pool  *pgxpool.Pool
	chain bool // in one transaction
}

func (s *stepper) Work(ctx context.Context, job *river.Job[step]) error {
	client := river.ClientFromContext[pgx.Tx](ctx)
	next := job.Args
	next.Stage++
	if !s.chain {
		if next.Stage > stages {
			_, err := s.pool.Exec(ctx, `insert into river_outcomes (id) values ($1)`, next.ID)
			return err
		}
		_, err := client.Insert(ctx, next, nil)
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var err error
		if next.Stage > stages {
			_, err = tx.Exec(ctx, `insert into river_outcomes (id) values ($1)`, next.ID)
		} else {
			_, err = client.InsertTx(ctx, tx, next, nil)
		}
		if err != nil {
			return err
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
}

// peer is a River client, tuned.
type peer struct {
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]
}

func startRiver(ctx context.Context, url string, chain bool) (*peer, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	conf.MaxConns = submitters
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, err
	}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("migrate River: %w", err)
	}
	if _, err := pool.Exec(ctx, `create table if not exists river_outcomes (id text primary key)`); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &stepper{pool: pool, chain: chain})
	client, err := river.NewClient(driver, &river.Config{
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 100}},
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 50 * time.Millisecond,
		Workers: workers, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	return &peer{pool, client}, client.Start(ctx)
}

func (p *peer) run(ctx context.Context, n int) error {
	var before int
	if err := p.pool.QueryRow(ctx, `select count(*) from river_outcomes`).Scan(&before); err != nil {
		return err
	}
	payload := strings.Repeat("x", 300)
	err := each(n, func(int) error {
		_, err := p.client.Insert(ctx, step{ID: newID(), Stage: 1, Payload: payload}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return until(ctx, often, func() (bool, error) {
		var done int
		err := p.pool.QueryRow(ctx, `select count(*) from river_outcomes`).Scan(&done)
		return done >= before+n, err
	})
}

func (p *peer) stop(ctx context.Context) {
	_ = p.client.Stop(ctx) // the run is over
	p.pool.Close()
}
