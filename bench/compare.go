package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"

	"github.com/jackc/pgx/v5"

	"realname/internal/devstack"
)

// servers are one Postgres, with fsync on, and one NATS for all runs.
type servers struct {
	dir  string
	pg   *devstack.Postgres
	nats *devstack.NATS
}

func startServers() (*servers, func(), error) {
	dir, err := os.MkdirTemp("", "rnb-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the account that Postgres runs as passes through
		return nil, nil, err
	}
	s := &servers{dir: dir}
	stop := func() {
		if s.nats != nil {
			s.nats.Stop()
		}
		if s.pg != nil {
			s.pg.Kill()
		}
		_ = os.RemoveAll(dir)
	}
	for _, d := range []string{"pg", "nats"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			return nil, stop, err
		}
	}
	if s.pg, err = devstack.StartPostgres(filepath.Join(dir, "pg"), false); err != nil {
		return nil, stop, err
	}
	s.nats, err = devstack.StartNATS(filepath.Join(dir, "nats"))
	return s, stop, err
}

// database makes one and returns its URL.
func (s *servers) database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "create database "+name); err != nil {
		return "", err
	}
	return s.pg.URL(name), nil
}

// The contestants.
const (
	nameOurs    = "Realname"
	nameRiver   = "River, tuned"
	nameRiverTx = "River, tuned, chained in one transaction"
)

var contestants = []string{nameOurs, nameRiver, nameRiverTx}

// compare runs all in turn, round by round.
func compare(ctx context.Context, o options) (string, error) {
	s, stop, err := startServers()
	defer stop()
	if err != nil {
		return "", err
	}
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return "", err
		}
		defer pprof.StopCPUProfile()
	}
	if o.count {
		if err := s.countStatements(ctx); err != nil {
			return "", err
		}
	}
	var runs []Run
	var disk []float64
	for round := range o.rounds {
		rate, err := fsyncRate(s.dir)
		if err != nil {
			return "", err
		}
		disk = append(disk, rate)
		for _, name := range contestants {
			if !strings.HasPrefix(name, o.only) {
				continue
			}
			r, err := s.once(ctx, name, fmt.Sprintf("bench_%d", len(runs)), o.n)
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			fmt.Printf("round %d  %-42s %8.0f/s  %.3f CPU ms each, %.3f of them in Postgres\n", round+1, name, r.PerSecond(), r.CPUEach(), r.PostgresEach())
			runs = append(runs, r)
			if o.count {
				if err := s.printStatements(ctx, os.Stdout, fmt.Sprintf("bench_%d", len(runs)-1)); err != nil {
					return "", err
				}
			}
		}
	}
	return table(runs, disk), nil
}

// once starts one contestant on a database of its own and measures a run after a
// short one that warms it up.
func (s *servers) once(ctx context.Context, name, database string, n int) (Run, error) {
	url, err := s.database(ctx, database)
	if err != nil {
		return Run{}, err
	}
	var run func(context.Context, int) error
	switch name {
	case nameOurs:
		o, err := startOurs(ctx, url, s.nats)
		if err != nil {
			return Run{}, err
		}
		defer o.stop()
		run = o.run
	default:
		p, err := startRiver(ctx, url, name == nameRiverTx)
		if err != nil {
			return Run{}, err
		}
		defer p.stop(ctx)
		run = p.run
	}
	if err := run(ctx, 100); err != nil {
		return Run{}, err
	}
	return measure(name, n, func() error { return run(ctx, n) })
}

// table writes medians and ratios. A ratio is the median of each round's own.
func table(runs []Run, disk []float64) string {
	by := map[string][]Run{}
	var order []string
	for _, r := range runs {
		if by[r.Name] == nil {
			order = append(order, r.Name)
		}
		by[r.Name] = append(by[r.Name], r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %d submissions, %d rounds | a second, median | CPU ms each, median | of it in Postgres | times slower than ours | times our CPU |\n|---|---|---|---|---|---|\n", runs[0].N, len(disk))
	for _, name := range order {
		var rate, cpu, pg, slower, dearer []float64
		for i, r := range by[name] {
			first := by[order[0]][i]
			rate, cpu, pg = append(rate, r.PerSecond()), append(cpu, r.CPUEach()), append(pg, r.PostgresEach())
			slower, dearer = append(slower, first.PerSecond()/r.PerSecond()), append(dearer, r.CPUEach()/first.CPUEach())
		}
		fmt.Fprintf(&b, "| %s | %.0f | %.3f | %.3f | %.1f | %.1f |\n", name, median(rate), median(cpu), median(pg), median(slower), median(dearer))
	}
	fmt.Fprintf(&b, "\nFour stages that do nothing, no documents; events, standings, metrics and the sweep on (an audit row belongs to a person's deed, so none is due here). Each client waits for its own commit. "+
		"River's CPU is that of its own four jobs and an outcome row, without standings or events.\n\nfsync rate beside the rounds: median %.0f/s.\n", median(disk))
	return b.String()
}
