package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/pipeline"
	"realname/internal/review"
)

type claimRow struct {
	TenantID     string
	Profile      string
	SubmissionID string
	Number       int
	Declared     review.Declared
	CreatedAt    time.Time
	Epoch        int64
	Crashes      int
	Errors       int
	Facts        *review.Facts
	NumberHash   []byte
	NameHash     []byte
	Deadline     *time.Time
	Bulk         bool
	Mailed       bool
}

// Claim takes a queued attempt: see pipeline.Store. The lease runs on the
// database's clock, which all workers share.
func (s *Store) Claim(ctx context.Context, attemptID, worker string, lease time.Duration) (pipeline.Claim, error) {
	return s.claim(ctx, review.LaneReview, attemptID, worker, lease)
}

func (s *Store) claim(ctx context.Context, lane review.Lane, attemptID, worker string, lease time.Duration) (pipeline.Claim, error) {
	rows, _ := s.work().Query(ctx, `
		update attempts a set state = 'running', epoch = epoch + 1, worker = $2, lease_until = now() + $3, crashes = crashes + 1
		from submissions s
		where a.id = $1 and a.state = 'queued' and a.lane = $4 and (a.retry_at is null or a.retry_at <= now()) and s.id = a.submission_id
		returning a.tenant_id, s.profile, a.submission_id::text, a.number, a.declared, a.created_at, a.epoch, a.crashes - 1 as crashes, a.errors, a.facts, a.number_hash, a.name_hash, s.deadline, a.bulk,
			exists (select from endpoints e where e.tenant_id = a.tenant_id and e.enabled and e.kind = 'email' and e.target = '') as mailed`,
		attemptID, worker, lease, lane)
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[claimRow])
	if err != nil {
		return pipeline.Claim{}, notFound(err)
	}
	claim := pipeline.Claim{
		Tenant: row.TenantID, Profile: row.Profile, Epoch: row.Epoch, Crashes: row.Crashes, Errors: row.Errors, Facts: row.Facts, Deadline: orZero(row.Deadline), Mailed: row.Mailed,
		Attempt: review.Attempt{
			ID: attemptID, SubmissionID: row.SubmissionID, Number: row.Number, State: review.Running,
			Declared: row.Declared, CreatedAt: row.CreatedAt, Bulk: row.Bulk,
		},
	}
	if claim.Attempt.Documents, err = s.documents(ctx, attemptID); err != nil {
		return pipeline.Claim{}, err
	}
	if claim.History, err = s.history(ctx, row); err != nil {
		return pipeline.Claim{}, err
	}
	claim.Before, err = s.before(ctx, row)
	return claim, err
}

// before is what the last decided attempt showed.
func (s *Store) before(ctx context.Context, row claimRow) (*pipeline.Before, error) {
	if row.Number == 1 || row.Facts != nil {
		return nil, nil
	}
	rows, _ := s.work().Query(ctx, `select id::text, facts from attempts
		where submission_id = $1 and number < $2 and state = 'decided' and facts is not null order by number desc limit 1`, row.SubmissionID, row.Number)
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[pipeline.Before])
	switch err = notFound(err); {
	case errors.Is(err, review.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the attempt before: %w", err)
	}
	return &b, nil
}

func (s *Store) documents(ctx context.Context, attemptID string) ([]review.Document, error) {
	rows, _ := s.work().Query(ctx, `select attempt_id::text, id::text, role, extension, size, sha256, blob_key
		from documents where attempt_id = $1 order by position`, attemptID)
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (review.Document, error) {
		d, err := pgx.RowToStructByName[documentRow](r)
		return d.document(), err
	})
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	return list, nil
}

// history gathers what earlier attempts add. Most attempts are the first, and
// then only the tenant's other names for the number are asked for.
func (s *Store) history(ctx context.Context, row claimRow) (review.History, error) {
	h := review.History{Attempt: row.Number}
	err := s.work().QueryRow(ctx, `select count(distinct name_hash) from attempts
		where tenant_id = $1 and number_hash = $2 and name_hash <> $3 and submission_id <> $4`,
		row.TenantID, row.NumberHash, row.NameHash, row.SubmissionID).Scan(&h.OtherNames)
	if err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	if row.Number == 1 {
		return h, nil
	}
	rows, _ := s.work().Query(ctx, `
		select a.number, coalesce(o.kind, '') as kind,
			coalesce((select array_agg(d.sha256) from documents d where d.attempt_id = a.id
				and exists (select from jsonb_array_elements(case jsonb_typeof(o.outcome->'findings') when 'array' then o.outcome->'findings' else '[]' end) f
					where f->>'severity' = 'fail' and f->>'check' ~ '^(FMT-|CLR-|CPL-0[123])' and coalesce(f->'evidence'->>'role', '') in ('', d.role))), '{}') as files
		from attempts a left join outcomes o on o.attempt_id = a.id
		where a.submission_id = $1 and a.number < $2 and a.state <> 'withdrawn' order by a.number desc`, row.SubmissionID, row.Number)
	earlier, err := pgx.CollectRows(rows, pgx.RowToStructByName[earlierRow])
	if err != nil {
		return h, fmt.Errorf("read earlier attempts: %w", err)
	}
	return withEarlier(h, earlier), nil
}

type earlierRow struct {
	Number int
	Kind   string
	Files  []string
}

// withEarlier adds earlier attempts, the newest first.
func withEarlier(h review.History, earlier []earlierRow) review.History {
	inRow := true
	for _, e := range earlier {
		if inRow = inRow && e.Kind == string(review.Rejected); inRow {
			h.FailedInRow++
		}
		if e.Kind == string(review.Rejected) {
			h.RefusedFiles = append(h.RefusedFiles, e.Files...)
		}
	}
	return h
}

// Extend makes a lease last from now.
func (s *Store) Extend(ctx context.Context, attemptID string, epoch int64, lease time.Duration) error {
	return fenced(ctx, s.work(), "extend lease", `update attempts set lease_until = now() + $3
		where id = $1 and epoch = $2 and state = 'running'`, attemptID, epoch, lease)
}

// maxErrors is how many errors of ours an attempt may meet before a person looks.
const maxErrors = 5

// Release gives a claim back. An empty cause means that nothing is wrong with the
// attempt: the worker is stopping, or what it needs is down for everybody.
func (s *Store) Release(ctx context.Context, attemptID string, epoch int64, cause string, wait time.Duration) error {
	return fenced(ctx, s.work(), "release attempt", `
		with released as (
			update attempts set worker = null, lease_until = null, crashes = greatest(crashes - 1, 0),
				errors = errors + case when $3 = '' then 0 else 1 end,
				retry_at = case when $3 = '' and $4::interval = '0' then null else now() + $4 end,
				state = case when $3 <> '' and errors + 1 >= $5 then 'parked' else 'queued' end,
				parked_cause = case when $3 <> '' and errors + 1 >= $5 then $3 else '' end
			where id = $1 and epoch = $2 and state = 'running'
			returning id, tenant_id, submission_id, bulk, state, lane, retry_at),
		ring as (
			insert into outbox (tenant_id, subject, ref, not_before, bulk, due_at)
			select r.tenant_id, `+subjectOfLane+`, r.id, coalesce(r.retry_at, now()), r.bulk, coalesce(s.deadline, now() + interval '5 days')
			from released r join submissions s on s.id = r.submission_id where r.state = 'queued')
		select pg_notify('outbox', '') from released`,
		attemptID, epoch, cause, wait, maxErrors)
}

// fenced runs a write and reports review.ErrFenced when it touched no row.
func fenced(ctx context.Context, s scope, doing, sql string, args ...any) error {
	tag, err := s.Exec(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if tag.RowsAffected() == 0 {
		return review.ErrFenced
	}
	return nil
}
