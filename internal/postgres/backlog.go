package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
	"realname/internal/sweep"
)

// mostCounted bounds the counting of one state: beyond it, how many more there
// are is of no interest, and counting would cost.
const mostCounted = 1_000_000

// Backlog counts what waits: see sweep.Store. Every count goes over an index of
// what is open, and never over what is decided.
func (s *Store) Backlog(ctx context.Context) (b sweep.Backlog, err error) {
	b.States = map[string]int{}
	var queued, running, waiting, parked int
	err = s.work().QueryRow(ctx, `select
		(select count(*) from (select from attempts where state = 'queued' limit $1) x),
		(select count(*) from (select from attempts where state = 'running' limit $1) x),
		(select count(*) from (select from attempts where state = 'waiting' limit $1) x),
		(select count(*) from (select from attempts where state = 'parked' limit $1) x),
		(select count(*) from (select from outbox limit $1) x),
		(select count(*) from (select from deliveries d join endpoints e on e.id = d.endpoint_id and e.enabled where d.state = 'due' and d.next_at <= now() limit $1) x),
		(select count(distinct d.tenant_id) from endpoints d where not d.enabled and d.deleted_at is null and d.disabled_cause in ('gone', 'failing')
			and not exists (select from endpoints e where e.tenant_id = d.tenant_id and e.id <> d.id and e.deleted_at is null and e.enabled and endpoint_wants(e, $2)))`,
		mostCounted, review.EventDisabled).
		Scan(&queued, &running, &waiting, &parked, &b.Outbox, &b.Deliveries, &b.Untold)
	if err != nil {
		return b, fmt.Errorf("count backlog: %w", err)
	}
	b.States["queued"], b.States["running"], b.States["waiting"], b.States["parked"] = queued, running, waiting, parked
	for c, bulk := range []bool{false, true} {
		if b.Oldest[c], err = s.oldest(ctx, bulk); err != nil {
			return b, err
		}
	}
	return b, nil
}

// OldestUnclaimed is for how long an attempt has been due that nobody took; zero
// when there is none.
func (s *Store) OldestUnclaimed(ctx context.Context) (time.Duration, error) {
	alone, err := s.oldest(ctx, false)
	if err != nil {
		return 0, err
	}
	batched, err := s.oldest(ctx, true)
	return max(alone, batched), err
}

func (s *Store) oldest(ctx context.Context, bulk bool) (age time.Duration, err error) {
	err = s.work().QueryRow(ctx, `select now() - coalesce(retry_at, created_at) from attempts
		where state = 'queued' and bulk = $1 and (retry_at is null or retry_at <= now()) order by created_at limit 1`, bulk).Scan(&age)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("read the oldest in the queue: %w", err)
	}
	return max(age, 0), nil
}
