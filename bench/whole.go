package main

import (
	"context"
	"errors"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/review"
)

// whole is all of our system in this process.
type whole struct {
	stack  *demo.Stack
	client demo.Client
	pool   *pgxpool.Pool
}

func startWhole(ctx context.Context, dir string) (*whole, func(), error) {
	s, err := startStack(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(running) }()
	stop := func() { cancel(); <-ended; s.Stop() }
	w, err := openWhole(ctx, s)
	if err != nil {
		stop()
		return nil, nil, err
	}
	return w, func() { w.pool.Close(); stop() }, w.client.Await(ctx)
}

// openWhole opens the database beside the stack's own programs.
func openWhole(ctx context.Context, s *demo.Stack) (*whole, error) {
	pool, err := pgxpool.New(ctx, s.Config.Postgres.URL)
	return &whole{stack: s, client: demo.Client{URL: s.URL, Key: s.Key}, pool: pool}, err
}

// read sends every page and waits until all are decided and told.
func (w *whole) read(ctx context.Context, list []page) (int, error) {
	var attempts []string
	for _, p := range list {
		a, err := w.client.Submit(ctx, "", "bench.example", p.declared, review.Licence, "jpg", p.data)
		if err != nil {
			return 0, err
		}
		attempts = append(attempts, a.AttemptID)
	}
	err := until(ctx, 5*often, func() (bool, error) {
		var open int
		err := w.pool.QueryRow(ctx, `select (select count(*) from attempts where id = any($1) and state <> 'decided')
			+ (select count(*) from deliveries where attempt_id = any($1) and state = 'due')`, attempts).Scan(&open)
		return open == 0, err
	})
	if err != nil {
		return 0, errors.Join(errors.New("wait for outcomes"), err)
	}
	var read int
	err = w.pool.QueryRow(ctx, `select count(*) from unnest($1::uuid[]) as a(id)
		where not exists (select from findings f where f.attempt_id = a.id and f.field in ('name', 'number') and f.severity <> 'info')`, attempts).Scan(&read)
	return read, err
}

// startStack starts the servers of a stack whose pages no issuing body knows.
func startStack(ctx context.Context, dir string) (*demo.Stack, error) {
	if err := os.Chmod(dir, 0o711); err != nil { // the account that Postgres runs as passes through
		return nil, err
	}
	s, err := demo.StartStack(ctx, demo.Options{Dir: dir, Listen: "127.0.0.1:0", Log: app.LogConfig{Level: "error", Format: "json"}})
	if err != nil {
		return nil, err
	}
	s.Config.Rules.File, s.Config.Authority.File = "", ""
	return s, nil
}
