package postgres

import (
	"context"
	"fmt"
	"time"

	"realname/internal/review"
)

// endStale ends reminders that wait for another try and would now be wrong: somebody
// has sent something since, or the deadline is over.
const endStale = `
	with stale as (
		update deliveries d set state = 'exhausted', finished_at = now(), lease_until = null, epoch = d.epoch + 1 from submissions s, attempts a
		where d.event = $1 and d.state = 'due' and (d.lease_until is null or d.lease_until < now()) and s.id = d.submission_id and a.id = d.attempt_id
			and (s.deadline <= now() or exists (select from attempts n where n.submission_id = s.id and n.number > a.number))
		returning d.id, d.tenant_id, d.tries)
	insert into delivery_tries (delivery_id, number, tenant_id, at, took, status, answer, error)
	select id, tries, tenant_id, now(), interval '0', 0, '', 'not sent: a newer attempt exists, or the deadline is over' from stale`

// endUnwanted ends what waits for an endpoint that nobody enabled again for as long
// as endpoint_wants keeps writing for it.
const endUnwanted = `
	with unwanted as (
		update deliveries d set state = 'exhausted', finished_at = now(), lease_until = null, epoch = d.epoch + 1 from endpoints e
		where not e.enabled and e.disabled_at <= now() - interval '30 days' and d.endpoint_id = e.id and d.state in ('due', 'held')
		returning d.id, d.tenant_id, d.tries)
	insert into delivery_tries (delivery_id, number, tenant_id, at, took, status, answer, error)
	select id, tries, tenant_id, now(), interval '0', 0, '', 'not sent: the endpoint has been disabled for 30 days' from unwanted`

// DeadlinesNear tells of submissions whose deadline comes soon while their newest
// attempt was refused, by the machine or by a person: see sweep.Store. Telling is once
// an attempt and endpoint.
func (s *Store) DeadlinesNear(ctx context.Context, within time.Duration) (int, error) {
	if _, err := s.work().Exec(ctx, endStale, review.EventDeadlineNear); err != nil {
		return 0, fmt.Errorf("end stale reminders: %w", err)
	}
	var n int
	err := s.work().QueryRow(ctx, `
		with near as materialized (
			select s.tenant_id, s.id, a.id as attempt_id from submissions s
			join lateral (select id, state from attempts where submission_id = s.id order by number desc limit 1) a on a.state = 'decided'
			join outcomes o on o.attempt_id = a.id
			left join decisions x on x.attempt_id = a.id and x.final
			where coalesce(x.verdict <> 'approve', o.kind = 'rejected') and s.deadline > now() and s.deadline <= now() + $1::interval
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

// dayPatience is how long after midnight a day is told, so that what was written
// just before it is committed.
const dayPatience = 5 * time.Minute

// free lets go what no digest will tell: of no batch, or of one whose end was told before.
const free = `
	with free as (
		update deliveries h set state = 'due', next_at = now() from endpoints e
		where h.state = 'held' and e.id = h.endpoint_id and (e.digest = ''
			or e.digest = 'batch' and exists (select from batch_items i join batches b on b.id = i.batch_id where i.attempt_id = h.attempt_id and b.finished_at is not null)
			or e.digest = 'batch' and h.created_at < now() - $1::interval
				and not exists (select from batch_items i join batches b on b.id = i.batch_id where i.attempt_id = h.attempt_id and b.state <> 'cancelled'))
		returning h.id)
	select count(*) from free where pg_notify('deliveries', '') is not null`

// gatherDays makes the message of each day that is over. One that was ever taken
// (epoch > 0) may have left and gathers no more: what comes late is told with the day after it.
const gatherDays = `
	with told_of as materialized (
		select e.id, e.tenant_id, (select max(x.day) from deliveries x where x.endpoint_id = e.id and x.day is not null and (x.state <> 'due' or x.epoch > 0)) as day
		from endpoints e where e.digest = 'day' and e.enabled),
	held as materialized (
		select h.id, h.tenant_id, h.endpoint_id, greatest((h.created_at at time zone 'Asia/Shanghai')::date, o.day + 1) as day
		from deliveries h join told_of o on o.id = h.endpoint_id where h.state = 'held' and h.created_at < $1),
	told as (
		insert into deliveries as t (tenant_id, endpoint_id, event, day, created_at)
		select tenant_id, endpoint_id, 'digest.day', day, clock_timestamp() from held where day < ($1 at time zone 'Asia/Shanghai')::date group by 1, 2, 4
		on conflict (endpoint_id, day, event) where day is not null do update set day = excluded.day where t.state = 'due' and t.epoch = 0
		returning id, endpoint_id, day),
	gathered as (
		update deliveries h set state = 'digested', digest_id = t.id, finished_at = now() from held g join told t on t.endpoint_id = g.endpoint_id and t.day = g.day
		where h.id = g.id and h.state = 'held'
		returning h.id)
	select count(*) from gathered where pg_notify('deliveries', '') is not null`

// Digests gathers and lets go held deliveries: see sweep.Store. A batch's end gathers
// what it tells as it is written; a day's end makes a message of its own.
func (s *Store) Digests(ctx context.Context, now time.Time) (int, error) {
	if _, err := s.work().Exec(ctx, endUnwanted); err != nil {
		return 0, fmt.Errorf("end deliveries of disabled endpoints: %w", err)
	}
	freed, err := s.count(ctx, "let deliveries of no digest go", free, digestPatience)
	if err != nil {
		return 0, err
	}
	gathered, err := s.count(ctx, "gather deliveries of a day", gatherDays, review.DateOf(now.Add(-dayPatience)).Start())
	return freed + gathered, err
}
