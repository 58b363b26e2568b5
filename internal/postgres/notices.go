package postgres

import (
	"context"
	"fmt"
	"time"

	"realname/internal/review"
)

// DeadlinesNear tells of submissions whose deadline comes soon while their newest
// attempt was refused: see sweep.Store. Telling is once an attempt and endpoint.
func (s *Store) DeadlinesNear(ctx context.Context, within time.Duration) (int, error) {
	var n int
	err := s.work().QueryRow(ctx, `
		with near as materialized (
			select s.tenant_id, s.id, a.id as attempt_id from submissions s
			join lateral (select id, state from attempts where submission_id = s.id order by number desc limit 1) a on a.state = 'decided'
			join outcomes o on o.attempt_id = a.id and o.kind = 'rejected'
			where s.deadline > now() and s.deadline <= now() + $1::interval
				and exists (select from endpoints e where e.tenant_id = s.tenant_id and endpoint_wants(e, $2))
				and not exists (select from deliveries d where d.attempt_id = a.id and d.event = 'submission.deadline_near')
			order by s.deadline limit 1000)
		select coalesce(sum(tell(tenant_id, $2, id, attempt_id)), 0) from near`, within, review.EventDeadlineNear).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("tell of near deadlines: %w", err)
	}
	return n, nil
}

// digestPatience is how long the digest of batches may hold what came in no
// batch: a row of a batch is known to be one only after it was submitted.
const digestPatience = 10 * time.Minute

// Digests gathers and lets go held deliveries: see sweep.Store. What a batch's end
// tells is gathered into that message, a day's end makes a message of its own.
func (s *Store) Digests(ctx context.Context, now time.Time) (int, error) {
	total := 0
	today := review.DateOf(now).Start()
	for _, step := range []struct {
		doing, sql string
		args       []any
	}{
		{"gather deliveries of batches", `
			with gathered as (
				update deliveries h set state = 'digested', digest_id = d.id, finished_at = now()
				from endpoints e, batch_items i, deliveries d
				where h.state = 'held' and e.id = h.endpoint_id and e.digest = 'batch' and i.attempt_id = h.attempt_id
					and d.endpoint_id = h.endpoint_id and d.batch_id = i.batch_id and d.event = 'batch.finished'
				returning h.id)
			select count(*) from gathered`, nil},
		{"let deliveries of no batch go", `
			with free as (
				update deliveries h set state = 'due', next_at = now() from endpoints e
				where h.state = 'held' and e.id = h.endpoint_id and (e.digest = '' or e.digest = 'batch' and h.created_at < now() - $1::interval
					and not exists (select from batch_items i join batches b on b.id = i.batch_id where i.attempt_id = h.attempt_id and b.state <> 'cancelled'))
				returning h.id)
			select count(*) from free where pg_notify('deliveries', '') is not null`, []any{digestPatience}},
		{"gather deliveries of a day", `
			with days as (
				select distinct h.tenant_id, h.endpoint_id, (h.created_at at time zone 'Asia/Shanghai')::date as day
				from deliveries h join endpoints e on e.id = h.endpoint_id and e.digest = 'day' and e.enabled
				where h.state = 'held' and h.created_at < $1),
			told as (
				insert into deliveries (tenant_id, endpoint_id, event, day, created_at)
				select tenant_id, endpoint_id, 'digest.day', day, clock_timestamp() from days
				on conflict (endpoint_id, day, event) where day is not null do update set day = excluded.day
				returning id, endpoint_id, day),
			gathered as (
				update deliveries h set state = 'digested', digest_id = t.id, finished_at = now() from told t
				where h.state = 'held' and h.endpoint_id = t.endpoint_id and (h.created_at at time zone 'Asia/Shanghai')::date = t.day and h.created_at < $1
				returning h.id)
			select count(*) from gathered where pg_notify('deliveries', '') is not null`, []any{today}},
	} {
		var n int
		if err := s.work().QueryRow(ctx, step.sql, step.args...).Scan(&n); err != nil {
			return total, fmt.Errorf("%s: %w", step.doing, err)
		}
		total += n
	}
	return total, nil
}
