package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// Resubmit writes the next attempt of a submission. The rule for an attempt
// that is still open: one that waits (deferred, queued or parked) is withdrawn
// in favour of the new one; one that is being reviewed just now is not, and the
// answer is review.ErrOpenAttempt. review.ErrTriesSpent and review.TooSoonError
// tell that the tenant allows no further attempt, or not yet.
func (s *Store) Resubmit(ctx context.Context, tenant, submissionID string, a review.Attempt) (review.Attempt, error) {
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) (err error) {
		a, err = resubmit(ctx, tx, tenant, submissionID, a)
		return err
	})
	if refusesAttempt(err) {
		return review.Attempt{}, err
	}
	if err != nil {
		return review.Attempt{}, fmt.Errorf("write attempt: %w", err)
	}
	return a, nil
}

// refusesAttempt reports whether the error is the submission's state and no
// failure of ours.
func refusesAttempt(err error) bool {
	return errors.Is(err, review.ErrNotFound) || errors.Is(err, review.ErrOpenAttempt) || errors.Is(err, review.ErrTriesSpent) ||
		errors.Is(err, review.ErrSuperseded) || errors.As(err, &review.TooSoonError{})
}

// resubmit writes the next attempt within a transaction.
func resubmit(ctx context.Context, tx pgx.Tx, tenant, submissionID string, a review.Attempt) (review.Attempt, error) {
	var deadline *time.Time
	err := tx.QueryRow(ctx, `select deadline from submissions where id = $1 and tenant_id = $2 and erased_at is null for update`, submissionID, tenant).Scan(&deadline)
	if err != nil {
		return a, notFound(err)
	}
	var state review.State
	err = tx.QueryRow(ctx, `select number, state from attempts where submission_id = $1 order by number desc limit 1 for update`,
		submissionID).Scan(&a.Number, &state)
	if err != nil {
		return a, fmt.Errorf("read last attempt: %w", err)
	}
	if state == review.Running {
		return a, review.ErrOpenAttempt
	}
	if err := mayTry(ctx, tx, tenant, submissionID, a.CreatedAt); err != nil {
		return a, err
	}
	a.Number, a.SubmissionID, a.State = a.Number+1, submissionID, review.Queued
	var batch pgx.Batch
	batch.Queue(`update attempts set state = 'withdrawn', epoch = epoch + 1 where submission_id = $1 and state in ('queued', 'waiting', 'parked')`, submissionID)
	var r rowsOf
	if err := r.addAttempt(a, orZero(deadline)); err != nil {
		return a, err
	}
	r.queue(&batch, tenant)
	batch.Queue(`select pg_notify('outbox', '')`)
	return a, tx.SendBatch(ctx, &batch).Close()
}

// mayTry asks the tenant's limit and cool-down.
func mayTry(ctx context.Context, tx pgx.Tx, tenant, submissionID string, now time.Time) error {
	var tries review.Tries
	var counted int
	var refused *time.Time
	err := tx.QueryRow(ctx, `
		select t.max_attempts, t.cool_down, count(a.id), max(o.decided_at) filter (where o.kind = 'rejected')
		from tenants t left join attempts a on a.submission_id = $2 and a.state <> 'withdrawn' left join outcomes o on o.attempt_id = a.id
		where t.id = $1 group by t.id`, tenant, submissionID).Scan(&tries.Max, &tries.CoolDown, &counted, &refused)
	if err != nil {
		return fmt.Errorf("read the tenant's limits: %w", err)
	}
	return tries.Allow(counted, orZero(refused), now)
}
