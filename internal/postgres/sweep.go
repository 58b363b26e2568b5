package postgres

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/sweep"
)

// Lead runs f under an advisory lock named after the duty: see sweep.Store.
func (s *Store) Lead(ctx context.Context, duty string, f func(context.Context) error) (bool, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("take connection for duty: %w", err)
	}
	defer conn.Release()
	key := lockKey(duty)
	var got bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, key).Scan(&got); err != nil {
		return false, fmt.Errorf("take duty: %w", err)
	}
	if !got {
		return false, nil
	}
	defer func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, err := conn.Exec(after, `select pg_advisory_unlock($1)`, key); err != nil {
			_ = conn.Conn().Close(after) // a closed session holds no lock
		}
	}()
	return true, f(ctx)
}

func lockKey(duty string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("realname/" + duty)) // never fails
	return int64(h.Sum64())
}

// Outbox returns what is due: see sweep.Store.
func (s *Store) Outbox(ctx context.Context, limit int) ([]sweep.Ring, error) {
	rows, _ := s.work().Query(ctx, `select id, subject, ref::text, tenant_id, bulk, due_at from outbox
		where subject in ('`+subjectAuthority+`', 'notify.delivery') and not_before <= now() order by due_at, id limit $1`, limit)
	return pgx.CollectRows(rows, pgx.RowToStructByPos[sweep.Ring])
}

// candidates steps from tenant to tenant over an index, so that a look costs by the
// tenants that wait and not by their rows.
const candidates = `
	with recursive t as (
		(select bulk, tenant_id from outbox where subject = '` + subjectReview + `' order by bulk, tenant_id limit 1)
		union all
		select n.bulk, n.tenant_id from t, lateral (
			select o.bulk, o.tenant_id from outbox o where o.subject = '` + subjectReview + `' and (o.bulk, o.tenant_id) > (t.bulk, t.tenant_id)
			order by o.bulk, o.tenant_id limit 1) n
	), urgent as (
		select id, subject, ref::text, tenant_id, bulk, due_at from outbox
		where subject = '` + subjectReview + `' and not_before <= now() and due_at <= now() + $1::interval order by due_at, id limit $2
	), rest as (
		select r.* from t, lateral (
			select id, subject, ref::text, tenant_id, bulk, due_at from outbox o
			where o.subject = '` + subjectReview + `' and o.bulk = t.bulk and o.tenant_id = t.tenant_id and o.not_before <= now()
			order by o.due_at, o.id limit $2) r
	)
	select * from urgent union select * from rest order by due_at, id`

// Candidates returns attempts that are to be reviewed: see sweep.Store.
func (s *Store) Candidates(ctx context.Context, urgentWithin time.Duration, limit int) ([]sweep.Ring, error) {
	rows, _ := s.work().Query(ctx, candidates, urgentWithin, limit) // the error comes with the collection
	return pgx.CollectRows(rows, pgx.RowToStructByPos[sweep.Ring])
}

// Told deletes rows of the outbox.
func (s *Store) Told(ctx context.Context, ids []int64) error {
	_, err := s.work().Exec(ctx, `delete from outbox where id = any($1)`, ids)
	return err
}

// ringReviews puts attempts l of submissions s into the outbox.
const ringReviews = `insert into outbox (tenant_id, subject, ref, bulk, due_at)
	select l.tenant_id, ` + subjectOfLane + `, l.id, l.bulk, coalesce(s.deadline, now() + interval '5 days')`

// patience is how many times more an attempt may be lost while its source is asked:
// no document is in hand then, and a question that takes long is there whenever its
// process ends.
const patience = 4

// Rescue takes attempts with expired leases back: see sweep.Store.
func (s *Store) Rescue(ctx context.Context, maxCrashes int) (int, error) {
	return s.count(ctx, "rescue attempts", `
		with lost as (
			update attempts set epoch = epoch + 1, worker = null, lease_until = null,
				state = case when crashes >= $1 * (case lane when 'authority' then $2 else 1 end) then 'parked' else 'queued' end,
				parked_cause = case when crashes < $1 * (case lane when 'authority' then $2 else 1 end) then ''
					when lane = 'authority' then 'asking the source ended without a word ' || crashes || ' times'
					else 'the review ended without a word ' || crashes || ' times: a document may crash or hang the reader' end
			where state = 'running' and lease_until < now()
			returning id, tenant_id, submission_id, bulk, lane, state),
		ring as (`+ringReviews+` from lost l join submissions s on s.id = l.submission_id where l.state = 'queued')
		select count(*) from lost`, maxCrashes, patience)
}

// RingLate rings again for queued attempts that lie: see sweep.Store.
func (s *Store) RingLate(ctx context.Context, after time.Duration) (int, error) {
	return s.count(ctx, "ring late attempts", `
		with late as (
			update attempts set retry_at = now()
			where id in (select id from attempts a where state = 'queued' and coalesce(retry_at, created_at) < now() - $1::interval
				and not exists (select from outbox o where o.ref = a.id) order by bulk, created_at limit 1000 for update skip locked)
			returning id, tenant_id, submission_id, bulk, lane),
		ring as (`+ringReviews+` from late l join submissions s on s.id = l.submission_id)
		select count(*) from late`, after)
}

// Eligible queues deferred attempts whose instant has come: see sweep.Store.
func (s *Store) Eligible(ctx context.Context, now time.Time) (int, error) {
	return s.count(ctx, "queue deferred attempts", `
		with due as (
			update attempts set state = 'queued', lane = 'review', retry_at = null
			where id in (select id from attempts where state = 'waiting' and eligible_at <= $1 order by eligible_at limit 1000 for update skip locked)
			returning id, tenant_id, submission_id, bulk, lane),
		ring as (`+ringReviews+` from due l join submissions s on s.id = l.submission_id)
		select count(*) from due`, now)
}

// count runs a statement that returns a count and wakes the relay when it is
// not zero.
func (s *Store) count(ctx context.Context, doing, sql string, args ...any) (int, error) {
	var n int
	if err := s.work().QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	if n > 0 {
		if _, err := s.work().Exec(ctx, `select pg_notify('outbox', '')`); err != nil {
			return n, fmt.Errorf("wake relay: %w", err)
		}
	}
	return n, nil
}

// Changes signals whenever the outbox may have grown: see sweep.Store.
func (s *Store) Changes(ctx context.Context) <-chan struct{} { return s.signals(ctx, "outbox") }

// signals tells whenever the channel is notified, and at least once a connection.
func (s *Store) signals(ctx context.Context, channel string) <-chan struct{} {
	changes := make(chan struct{}, 1)
	go func() {
		for ctx.Err() == nil {
			if err := s.listen(ctx, channel, changes); err != nil && ctx.Err() == nil {
				wait(ctx, time.Second)
			}
		}
	}()
	return changes
}

func (s *Store) listen(ctx context.Context, channel string, changes chan<- struct{}) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `listen `+channel); err != nil {
		return err
	}
	for {
		signal(changes) // something may have come before we listened
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one signal is enough
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
