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
// answer is review.ErrOpenAttempt.
func (s *Store) Resubmit(ctx context.Context, tenant, submissionID string, a review.Attempt) (review.Attempt, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var deadline *time.Time
		err := tx.QueryRow(ctx, `select deadline from submissions where id = $1 and tenant_id = $2 for update`, submissionID, tenant).Scan(&deadline)
		if err != nil {
			return notFound(err)
		}
		var state review.State
		err = tx.QueryRow(ctx, `select number, state from attempts where submission_id = $1 order by number desc limit 1 for update`,
			submissionID).Scan(&a.Number, &state)
		if err != nil {
			return fmt.Errorf("read last attempt: %w", err)
		}
		if state == review.Running {
			return review.ErrOpenAttempt
		}
		a.Number, a.SubmissionID, a.State = a.Number+1, submissionID, review.Queued
		var batch pgx.Batch
		batch.Queue(`update attempts set state = 'withdrawn', epoch = epoch + 1 where submission_id = $1 and state in ('queued', 'waiting', 'parked')`, submissionID)
		queueAttempt(&batch, tenant, a, orZero(deadline))
		return tx.SendBatch(ctx, &batch).Close()
	})
	if errors.Is(err, review.ErrNotFound) || errors.Is(err, review.ErrOpenAttempt) {
		return review.Attempt{}, err
	}
	if err != nil {
		return review.Attempt{}, fmt.Errorf("write attempt: %w", err)
	}
	return a, nil
}
