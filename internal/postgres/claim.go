package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/gather"
	"realname/internal/pipeline"
	"realname/internal/review"
)

// asked is what one worker wants to claim.
type asked struct {
	id, worker string
	lane       review.Lane
	lease      time.Duration
}

type claimRow struct {
	ID           string
	Worker       string
	Lane         review.Lane
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
	Deadline     *time.Time
	Bulk         bool
	Mailed       bool
	OtherNames   int
}

func (r claimRow) claim() pipeline.Claim {
	return pipeline.Claim{
		Tenant: r.TenantID, Profile: r.Profile, Epoch: r.Epoch, Crashes: r.Crashes, Errors: r.Errors, Facts: r.Facts, Deadline: orZero(r.Deadline), Mailed: r.Mailed,
		History: review.History{Attempt: r.Number, OtherNames: r.OtherNames},
		Attempt: review.Attempt{
			ID: r.ID, SubmissionID: r.SubmissionID, Number: r.Number, State: review.Running,
			Declared: r.Declared, CreatedAt: r.CreatedAt, Bulk: r.Bulk,
		},
	}
}

// claimAttempts moves what is still queued into the hands of who asked. Most
// attempts are the first of their submission, and then all that is looked up of
// the past is what other names the tenant has sent the number with.
const claimAttempts = `
	update attempts a set state = 'running', epoch = epoch + 1, worker = w.worker, lease_until = now() + w.lease * interval '1 microsecond', crashes = crashes + 1
	from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) as w(id, lane, worker, lease), submissions s
	where a.id = w.id and a.lane = w.lane and a.state = 'queued' and (a.retry_at is null or a.retry_at <= now()) and s.id = a.submission_id
	returning a.id::text, a.worker, a.lane, a.tenant_id, s.profile, a.submission_id::text, a.number, a.declared, a.created_at, a.epoch, a.crashes - 1 as crashes, a.errors, a.facts, s.deadline, a.bulk,
		exists (select from endpoints e where e.tenant_id = a.tenant_id and e.enabled and e.kind = 'email' and e.target = '') as mailed,
		(select count(distinct o.name_hash) from attempts o
			where o.tenant_id = a.tenant_id and o.number_hash = a.number_hash and o.name_hash <> a.name_hash and o.submission_id <> a.submission_id) as other_names`

// Claim takes a queued attempt: see pipeline.Store. The lease runs on the
// database's clock, which all workers share. Claims that come at once are taken in
// one transaction.
func (s *Store) Claim(ctx context.Context, attemptID, worker string, lease time.Duration) (pipeline.Claim, error) {
	return s.claims.Do(ctx, asked{attemptID, worker, review.LaneReview, lease})
}

// claim takes all that are asked for and may be had; the others are
// review.ErrNotFound. An id that is none spoils nobody else's claim.
func (s *Store) claim(ctx context.Context, list []asked) []gather.Answer[pipeline.Claim] {
	claims, err := s.claimTogether(ctx, list)
	if len(list) > 1 && ofOneRow(err) {
		return halves(ctx, list, s.claim)
	}
	if err != nil {
		return gather.All[pipeline.Claim](len(list), notFound(err))
	}
	answers := gather.All[pipeline.Claim](len(list), review.ErrNotFound)
	for i, a := range list {
		if c, ok := claims[a.key()]; ok {
			answers[i] = gather.Answer[pipeline.Claim]{Value: *c}
			delete(claims, a.key()) // who asks twice gets it once
		}
	}
	return answers
}

type claimKey struct {
	id, worker string
	lane       review.Lane
}

func (a asked) key() claimKey { return claimKey{strings.ToLower(a.id), a.worker, a.lane} }

func (s *Store) claimTogether(ctx context.Context, list []asked) (map[claimKey]*pipeline.Claim, error) {
	var ids, lanes, workers []string
	var leases []int64
	for _, a := range list {
		ids, lanes, workers, leases = append(ids, a.id), append(lanes, string(a.lane)), append(workers, a.worker), append(leases, a.lease.Microseconds())
	}
	claims := map[claimKey]*pipeline.Claim{}
	err := s.work().inIndexedTx(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, claimAttempts, ids, lanes, workers, leases) // the error comes with the collection
		taken, err := pgx.CollectRows(rows, pgx.RowToStructByName[claimRow])
		if err != nil {
			return err
		}
		for _, r := range taken {
			c := r.claim()
			claims[claimKey{r.ID, r.Worker, r.Lane}] = &c
		}
		return readPast(ctx, tx, slices.Collect(maps.Values(claims)))
	})
	return claims, err
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
