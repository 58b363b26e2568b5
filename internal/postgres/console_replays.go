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

// replayLease is how long one step of a replay may take before another program goes on.
const replayLease = 30 * time.Second

// StartReplay writes a replay that begins behind a submission: desk.ErrTooMany while
// the tenant has an open one. It is done in the background.
func (s *Store) StartReplay(ctx context.Context, v desk.Session, r desk.Replay) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 2))`, v.Tenant); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into replays (id, tenant_id, created_by, days, overrides, rule_set, reached, expected)
			select $1, $2, $3, $4, $5, $6, $7::uuid, (select count(*) from (select from standings where tenant_id = $2 and submission_id > $7::uuid limit $8) x)
			where not exists (select from replays where tenant_id = $2 and state in ('waiting', 'running'))`,
			r.ID, v.Tenant, v.UserID, r.Days, r.Overrides, r.RuleSet, r.Reached, desk.MaxReplay)
		if err == nil && tag.RowsAffected() == 0 {
			err = desk.ErrTooMany
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "replay.start", r.ID, map[string]string{"rule_set": r.RuleSet})
	})
	if err != nil {
		return fmt.Errorf("start replay: %w", err)
	}
	return nil
}

const replayColumns = `r.id::text, r.tenant_id, u.name, r.days, r.overrides, r.rule_set, r.state, r.reached::text, r.expected, r.total, r.flips, r.report, r.created_at
	from replays r join users u on u.id = r.created_by`

// Replay returns a tenant's replay: review.ErrNotFound.
func (s *Store) Replay(ctx context.Context, tenant, id string) (desk.Replay, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+replayColumns+` where r.id = $1 and r.tenant_id = $2`, id, tenant) // the error comes with the collection
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[desk.Replay])
	if err != nil {
		return r, fmt.Errorf("read replay: %w", notFound(err))
	}
	return r, nil
}

// Replays lists a tenant's newest replays.
func (s *Store) Replays(ctx context.Context, tenant string, limit int) ([]desk.Replay, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+replayColumns+` where r.tenant_id = $1 order by r.id desc limit $2`, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Replay])
	if err != nil {
		return nil, fmt.Errorf("list replays: %w", err)
	}
	return list, nil
}

// NextReplay takes the oldest open replay for one step: review.ErrNotFound when
// there is none.
func (s *Store) NextReplay(ctx context.Context) (desk.Replay, error) {
	var id, tenant string
	err := s.intake().QueryRow(ctx, `update replays set lease_until = now() + $1::interval where id = (select id from replays
		where state in ('waiting', 'running') and (lease_until is null or lease_until < now()) order by created_at limit 1 for update skip locked) returning id::text, tenant_id`, replayLease).Scan(&id, &tenant)
	if errors.Is(err, pgx.ErrNoRows) {
		return desk.Replay{}, review.ErrNotFound
	}
	if err != nil {
		return desk.Replay{}, fmt.Errorf("take replay: %w", err)
	}
	return s.Replay(ctx, tenant, id)
}

// Decided yields the next submissions of a tenant behind one, with their newest
// outcomes.
func (s *Store) Decided(ctx context.Context, tenant, after string, limit int) ([]desk.Decided, error) {
	rows, _ := s.of(tenant).Query(ctx, `select s.submission_id::text, (select profile from submissions where id = s.submission_id), a.facts, coalesce(o.outcome, a.deferral)
		from (select submission_id, attempt_id from standings where tenant_id = $1 and submission_id > $2::uuid order by submission_id limit $3) s
			join attempts a on a.id = s.attempt_id left join outcomes o on o.attempt_id = a.id
		order by s.submission_id`, tenant, after, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Decided])
	if err != nil {
		return nil, fmt.Errorf("read decided submissions: %w", err)
	}
	return list, nil
}

// SaveReplay writes how far a replay has come from where it was: review.ErrFenced
// when another program was there first.
func (s *Store) SaveReplay(ctx context.Context, r desk.Replay, from string) error {
	tag, err := s.of(r.Tenant).Exec(ctx, `update replays set state = $3, reached = $4::uuid, total = $5, flips = $6, report = $7, lease_until = null,
			finished_at = case when $3 in ('done', 'failed') then now() end
		where id = $1 and reached = $2::uuid and state in ('waiting', 'running')`, r.ID, from, r.State, r.Reached, r.Total, r.Flips, r.Report)
	if err != nil {
		return fmt.Errorf("save replay: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return review.ErrFenced
	}
	return nil
}
