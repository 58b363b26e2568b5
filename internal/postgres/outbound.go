package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/notify"
	"realname/internal/review"
)

// Wake signals whenever deliveries may have been written: see notify.Store.
func (s *Store) Wake(ctx context.Context) <-chan struct{} { return s.signals(ctx, "deliveries") }

// Waiting lists endpoints with something to send: see notify.Store.
func (s *Store) Waiting(ctx context.Context) ([]review.Endpoint, error) {
	rows, _ := s.work().Query(ctx, `select `+endpointColumns+` from endpoints e where e.enabled
		and exists (select from deliveries d where d.endpoint_id = e.id and d.state = 'due' and d.next_at <= now())`) // the error comes with the collection
	list, err := pgx.CollectRows(rows, scanEndpoint)
	if err != nil {
		return nil, fmt.Errorf("list waiting endpoints: %w", err)
	}
	return list, nil
}

// claimDeliveries takes what is due and not behind another delivery about the same
// submission, of each endpoint as many as it has places. Until its lease ends a
// delivery is not due; one that still has a lease was lost with whoever held it.
const claimDeliveries = `
	with ready as (
		select x.id from unnest($1::uuid[], $2::int[]) as p(endpoint_id, places) cross join lateral (
			select d.id from deliveries d
			where d.endpoint_id = p.endpoint_id and d.state = 'due' and d.next_at <= now()
				and not exists (select from deliveries e
					where e.endpoint_id = d.endpoint_id and e.submission_id = d.submission_id and e.state = 'due' and e.seq < d.seq)
			order by d.next_at, d.seq limit p.places for update skip locked) x)
	update deliveries d set tries = tries + 1, lost = lost + (lease_until is not null)::integer, epoch = epoch + 1, lease_until = now() + $3, next_at = now() + $3
	from endpoints e where d.id in (select id from ready) and e.id = d.endpoint_id and e.enabled
	returning ` + deliveryColumns + `, ` + endpointColumns

// ClaimDeliveries takes due deliveries: see notify.Store.
func (s *Store) ClaimDeliveries(ctx context.Context, places map[string]int, lease time.Duration) ([]review.Delivery, error) {
	ids, counts := make([]string, 0, len(places)), make([]int, 0, len(places))
	for id, n := range places {
		ids, counts = append(ids, id), append(counts, n)
	}
	rows, _ := s.work().Query(ctx, claimDeliveries, ids, counts, lease)
	list, err := pgx.CollectRows(rows, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return list, nil
}

// finishDeliveries moves the deliveries that are still ours, logs their tries, and
// keeps the endpoints' health: one that answers 410, or at which nothing arrived
// for longer than $12 and in $14 tries, is disabled. Two failures days apart, with
// nothing to send between, show nothing.
const finishDeliveries = `
	with input as (
		select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::boolean[], $6::boolean[],
				$7::timestamptz[], $8::interval[], $9::int[], $10::text[], $11::text[], $13::boolean[])
			as i(id, epoch, state, retry_at, gone, blamed, at, took, status, answer, error, uncounted)
	), moved as (
		update deliveries d set state = i.state, lease_until = null, next_at = coalesce(i.retry_at, d.next_at), tries = d.tries - i.uncounted::integer,
			finished_at = case when i.state = 'due' then null else now() end
		from input i where d.id = i.id and d.epoch = i.epoch and d.state = 'due'
		returning d.id, d.tenant_id, d.endpoint_id, d.tries + i.uncounted::integer as tries, i.state, i.gone, i.blamed, i.at, i.took, i.status, i.answer, i.error
	), logged as (
		insert into delivery_tries (delivery_id, number, tenant_id, at, took, status, answer, error)
		select id, tries, tenant_id, at, took, status, answer, error from moved
	), health as (
		select endpoint_id, bool_or(gone) as gone, bool_or(state = 'delivered') as arrived, bool_or(blamed) as blamed from moved group by endpoint_id
	), judged as (
		select h.*, not h.arrived and h.blamed and e.failing_since <= now() - $12::interval
			and exists (select from deliveries d join delivery_tries t on t.delivery_id = d.id where d.endpoint_id = e.id and t.at >= e.failing_since offset $14 - 1) as failed
		from health h join endpoints e on e.id = h.endpoint_id
	), changed as (
		update endpoints e set
			failing_since = case when j.arrived then null else coalesce(e.failing_since, now()) end,
			enabled = e.enabled and not (j.gone or j.failed),
			disabled_at = case when j.gone or j.failed then coalesce(e.disabled_at, now()) else e.disabled_at end,
			disabled_cause = case when not e.enabled then e.disabled_cause when j.gone then 'gone' when j.failed then 'failing' else '' end
		from judged j where e.id = j.endpoint_id
			and (j.gone or j.failed or j.arrived and e.failing_since is not null or not j.arrived and j.blamed and e.failing_since is null)
	)
	select count(*) from moved`

// FinishDeliveries records tries and what follows: see notify.Store.
func (s *Store) FinishDeliveries(ctx context.Context, list []notify.Finished) error {
	var c finished
	for _, f := range list {
		c.add(f)
	}
	_, err := s.work().Exec(ctx, finishDeliveries, c.ids, c.epochs, c.states, c.retries, c.gone, c.blamed, c.at, c.took, c.status, c.answers, c.errors, notify.FailingFor, c.uncounted, notify.FailingTries)
	if err != nil {
		return fmt.Errorf("finish deliveries: %w", err)
	}
	return nil
}

// Behind looks for what waits behind deliveries: see notify.Store.
func (s *Store) Behind(ctx context.Context, list []review.Delivery) (found bool, err error) {
	endpoints, submissions := make([]string, len(list)), make([]string, len(list))
	for i, d := range list {
		endpoints[i], submissions[i] = d.Endpoint.ID, d.SubmissionID
	}
	err = s.work().QueryRow(ctx, `select exists (select from unnest($1::uuid[], $2::uuid[]) as i(endpoint_id, submission_id)
		join deliveries d on d.endpoint_id = i.endpoint_id and d.submission_id = i.submission_id and d.state = 'due' and d.next_at <= now())`,
		endpoints, submissions).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("look behind deliveries: %w", err)
	}
	return found, nil
}

// finished are ends of tries turned on their side for unnest.
type finished struct {
	ids, states, answers, errors []string
	epochs                       []int64
	retries                      []*time.Time
	gone, blamed, uncounted      []bool
	at                           []time.Time
	took                         []time.Duration
	status                       []int
}

func (c *finished) add(f notify.Finished) {
	state := review.DeliveryDue
	switch {
	case f.Next.Delivered:
		state = review.DeliveryDelivered
	case f.Next.RetryAt.IsZero():
		state = review.DeliveryExhausted
	}
	c.ids, c.epochs, c.states = append(c.ids, f.Delivery.ID), append(c.epochs, f.Delivery.Epoch), append(c.states, string(state))
	c.retries, c.gone, c.blamed = append(c.retries, orNull(f.Next.RetryAt)), append(c.gone, f.Next.DisableEndpoint), append(c.blamed, f.Next.Blamed)
	c.uncounted = append(c.uncounted, f.Next.Uncounted)
	c.at, c.took, c.status = append(c.at, f.Try.At), append(c.took, f.Try.Took), append(c.status, f.Try.Status)
	c.answers, c.errors = append(c.answers, f.Try.Answer), append(c.errors, f.Try.Error)
}

// Subject returns what a delivery is about: see notify.Store.
func (s *Store) Subject(ctx context.Context, d review.Delivery) (subject notify.Subject, err error) {
	switch {
	case d.Event == review.EventBatch:
		subject.Batch, err = s.Batch(ctx, d.Tenant, d.BatchID)
	case d.Event == review.EventDisabled:
		subject.About, err = s.anyEndpoint(ctx, d.Tenant, d.AboutID)
	case d.Event == review.EventDay:
		subject.Day, err = s.dayDigest(ctx, d)
	case d.SubmissionID != "":
		subject.Submission, err = s.Submission(ctx, d.Tenant, d.SubmissionID)
	}
	if err == nil && (d.Event == review.EventDeferred || d.Event == review.EventEligible) {
		err = s.asDeferred(ctx, d, &subject.Submission)
	}
	return subject, err
}

// asDeferred shows an attempt as it was when it was deferred, whatever it was
// decided to be since.
func (s *Store) asDeferred(ctx context.Context, d review.Delivery, sub *review.Submission) error {
	var o *review.Outcome
	if err := s.work().QueryRow(ctx, `select (select outcome from deferrals where attempt_id = $1 and tenant_id = $2)`, d.AttemptID, d.Tenant).Scan(&o); err != nil {
		return fmt.Errorf("read deferral: %w", err)
	}
	for i, a := range sub.Attempts {
		if a.ID == d.AttemptID && o != nil {
			sub.Attempts[i].Outcome, sub.Attempts[i].EligibleAt = o, o.EligibleAt
		}
	}
	return nil
}

// dayDigest counts what a daily message gathered.
func (s *Store) dayDigest(ctx context.Context, d review.Delivery) (notify.Day, error) {
	var day notify.Day
	rows, err := s.work().Query(ctx, `
		select coalesce((select to_char(day, 'YYYY-MM-DD') from deliveries where id = $1), ''),
			case when h.event = 'attempt.deferred' then 'deferred' else coalesce(o.kind, '') end, coalesce(o.primary_reason, ''), count(*)
		from deliveries h left join outcomes o on o.attempt_id = h.attempt_id and h.event = 'attempt.decided'
		where h.digest_id = $1 and h.event in ('attempt.decided', 'attempt.deferred') group by 2, 3`, d.ID)
	if err != nil {
		return day, fmt.Errorf("count digest: %w", err)
	}
	day.Counts, day.Reasons = map[review.Kind]int{}, map[review.Reason]int{}
	var kind review.Kind
	var reason review.Reason
	var n int
	_, err = pgx.ForEachRow(rows, []any{&day.Date, &kind, &reason, &n}, func() error {
		day.Counts[kind] += n
		if kind == review.Rejected {
			day.Reasons[reason] += n
		}
		return nil
	})
	if err != nil {
		return day, fmt.Errorf("count digest: %w", err)
	}
	return day, nil
}
