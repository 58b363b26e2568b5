package main

import (
	"context"
	"fmt"
	"strings"
)

// linear measures whether the cost of one grows with how many come at once and
// with how many are there already.
func linear(ctx context.Context, opt options) (string, error) {
	s, stop, err := startServers()
	defer stop()
	if err != nil {
		return "", err
	}
	url, err := s.database(ctx, "linear")
	if err != nil {
		return "", err
	}
	o, err := startOurs(ctx, url, s.nats)
	if err != nil {
		return "", err
	}
	defer o.stop()
	if err := o.fill(ctx, opt.old); err != nil {
		return "", fmt.Errorf("fill: %w", err)
	}
	if err := o.run(ctx, 500); err != nil {
		return "", fmt.Errorf("warm up: %w", err)
	}
	cost := map[int][]float64{}
	for range opt.rounds {
		for _, n := range opt.counts {
			r, err := measure(nameOurs, n, func() error { return o.run(ctx, n) })
			if err != nil {
				return "", err
			}
			fmt.Printf("%7d submissions over %d old ones  %8.0f/s  %.3f CPU ms each\n", n, opt.old, r.PerSecond(), r.CPUEach())
			cost[n] = append(cost[n], r.CPUEach())
		}
	}
	return linearTable(opt, cost), nil
}

func linearTable(opt options, cost map[int][]float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Over %d decided submissions that are there already, medians of %d rounds.\n\n| submissions | CPU ms each | against the first row |\n|---|---|---|\n", opt.old, opt.rounds)
	first := median(cost[opt.counts[0]])
	for _, n := range opt.counts {
		each := median(cost[n])
		fmt.Fprintf(&b, "| %d | %.3f | %+.0f %% |\n", n, each, 100*(each/first-1))
	}
	return b.String()
}

// fill writes decided submissions as they are after years.
func (o *ours) fill(ctx context.Context, n int) error {
	const chunk = 250_000
	for done := 0; done < n; done += chunk {
		_, err := o.pool.Exec(ctx, `
			with s as (
				insert into submissions (id, tenant_id, subject_ref, profile, created_at, hold_at)
				select gen_random_uuid(), $1, 'example-' || i || '.cn', 'default', now() - interval '1 year', now() - interval '360 days' from generate_series(1, $2::int) i
				returning id
			), a as (
				insert into attempts (id, tenant_id, submission_id, number, state, declared, number_hash, name_hash, created_at, decided_at)
				select gen_random_uuid(), $1, id, 1, 'decided', '{}', sha256(id::text::bytea), sha256(id::text::bytea), now() - interval '1 year', now() - interval '1 year' from s
				returning id
			)
			insert into outcomes (attempt_id, tenant_id, kind, primary_reason, outcome, rule_set)
			select id, $1, 'approved', '', '{}', 'bench' from a`, tenant, min(chunk, n-done))
		if err != nil {
			return err
		}
	}
	_, err := o.pool.Exec(ctx, `analyze`)
	return err
}
