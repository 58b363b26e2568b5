package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/review"
)

// whole is all of our system, on servers of its own.
type whole struct {
	stack  *demo.Stack
	client demo.Client
	pool   *pgxpool.Pool
}

// startWhole starts it on a directory of its own, with pages to send. The returned
// function ends it; an error has ended it already.
func startWhole(ctx context.Context, images string) (_ *whole, _ []page, stop func(), err error) {
	dir, err := os.MkdirTemp("", "rnb-")
	if err != nil {
		return nil, nil, nil, err
	}
	ends := []func(){func() { _ = os.RemoveAll(dir) }}
	end := func() {
		for _, f := range slices.Backward(ends) {
			f()
		}
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	list, err := pages(images, dir)
	if err != nil {
		return nil, nil, nil, err
	}
	w, err := startServersOf(ctx, dir)
	if err != nil {
		return nil, nil, nil, err
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.stack.Run(running) }()
	ends = append(ends, w.stop, func() { cancel(); <-ended })
	return w, list, end, w.client.Await(ctx)
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

// startServersOf starts the servers of a stack whose pages no issuing body knows, and
// none of its programs.
func startServersOf(ctx context.Context, dir string) (*whole, error) {
	if err := os.Chmod(dir, 0o711); err != nil { // the account that Postgres runs as passes through
		return nil, err
	}
	s, err := demo.StartStack(ctx, demo.Options{Dir: dir, Listen: "127.0.0.1:0", Log: app.LogConfig{Level: "error", Format: "json"}})
	if err != nil {
		return nil, err
	}
	s.Config.Rules.File, s.Config.Authority.File = "", ""
	pool, err := pgxpool.New(ctx, s.Config.Postgres.URL)
	if err != nil {
		s.Stop()
		return nil, err
	}
	return &whole{stack: s, client: demo.Client{URL: s.URL, Key: s.Key}, pool: pool}, nil
}

// stop ends the servers.
func (w *whole) stop() { w.pool.Close(); w.stack.Stop() }
