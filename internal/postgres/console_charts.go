package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// tallyLead is the name of the lock that lets one program tally at a time.
const tallyLead = "tally"

// Tally counts the outcomes of the hours that are not over, or were not counted
// to their end, for every tenant.
func (s *Store) Tally(ctx context.Context) error {
	_, err := s.Lead(ctx, tallyLead, func(ctx context.Context) error {
		rows, _ := s.desk().Query(ctx, `select id from tenants`) // the error comes with the collection
		tenants, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, t := range tenants {
			err = errors.Join(err, s.tally(ctx, t))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("tally outcomes: %w", err)
	}
	return nil
}

func (s *Store) tally(ctx context.Context, tenant string) error {
	_, err := s.of(tenant).Exec(ctx, `
		insert into tallies (tenant_id, hour, kind, reason, attempt, took, n)
		select $1, date_trunc('hour', o.decided_at), o.kind, o.primary_reason, least(a.number, $2),
			width_bucket(extract(epoch from o.decided_at - a.created_at)::int, $3::int[]), count(*)
		from outcomes o join attempts a on a.id = o.attempt_id
		where o.tenant_id = $1 and o.decided_at >= coalesce((select max(hour) - interval '1 hour' from tallies where tenant_id = $1), '-infinity')
		group by 2, 3, 4, 5, 6
		on conflict (tenant_id, hour, kind, reason, attempt, took) do update set n = excluded.n`, tenant, desk.LateAttempt, desk.Spans)
	return err
}

// Tallies are the outcomes of the last days, by day in Shanghai.
func (s *Store) Tallies(ctx context.Context, tenant string, days int) ([]desk.Tally, error) {
	from := review.DateOf(time.Now()).AddDays(1 - days).Start()
	rows, _ := s.of(tenant).Query(ctx, `select date_trunc('day', hour at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai', kind, reason, attempt, took, sum(n)::int
		from tallies where tenant_id = $1 and hour >= $2 group by 1, 2, 3, 4, 5`, tenant, from) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Tally])
	if err != nil {
		return nil, fmt.Errorf("read tallies: %w", err)
	}
	return list, nil
}

// Causes groups what failed in a batch by detail and reseller, the most frequent
// first.
func (s *Store) Causes(ctx context.Context, tenant, batchID string, limit int) ([]desk.Cause, error) {
	rows, _ := s.of(tenant).Query(ctx, `select f.detail, f.reason, f.field, i.reseller, count(distinct i.row)::int from batch_items i
			cross join lateral (select detail, reason, field from findings where attempt_id = i.attempt_id and severity = 'fail' offset 0) f
		where i.batch_id = $1 and i.tenant_id = $2 group by 1, 2, 3, 4 order by 5 desc, 1, 4 limit $3`, batchID, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Cause])
	if err != nil {
		return nil, fmt.Errorf("group causes: %w", notFound(err))
	}
	return list, nil
}

// ParkedWork lists what could not be reviewed, the nearest deadline first.
func (s *Store) ParkedWork(ctx context.Context, tenant string, limit int) ([]desk.ParkedRow, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select s.submission_id::text, s.attempt_id::text, s.attempt_number, s.subject_ref, s.external_id, s.deadline, s.changed_at, a.parked_cause
		from standings s join attempts a on a.id = s.attempt_id where s.tenant_id = $1 and s.standing = 'parked'
		order by `+noDeadline+`, s.submission_id limit $2`, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (v desk.ParkedRow, err error) {
		var deadline *time.Time
		v.Standing = desk.Parked
		err = r.Scan(&v.ID, &v.AttemptID, &v.Attempts, &v.SubjectRef, &v.ExternalID, &deadline, &v.ParkedAt, &v.Cause)
		v.Deadline = orZero(deadline)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list parked work: %w", err)
	}
	return list, nil
}

// Redrive puts a parked attempt back to where work waits: review.ErrNotFound when
// it is not parked.
func (s *Store) Redrive(ctx context.Context, v desk.Session, attemptID string) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `with back as (
				update attempts set state = 'queued', crashes = 0, errors = 0, parked_cause = '', retry_at = null, epoch = epoch + 1
				where id = $1 and tenant_id = $2 and state = 'parked' returning id, tenant_id)
			insert into outbox (tenant_id, subject, ref) select tenant_id, '`+subjectReview+`', id from back`, attemptID, v.Tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, `select pg_notify('outbox', '')`); err != nil {
			return err
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "attempt.redrive", attemptID, nil)
	})
	if err != nil {
		return fmt.Errorf("redrive: %w", err)
	}
	return nil
}
