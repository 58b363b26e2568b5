package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// CancelBatch ends a tenant's batch: rows that were not read are not taken, and what
// waits for its review, or is in it, is withdrawn. Whoever is at it finds its epoch
// gone and writes nothing, so that nothing is put back to wait, or asked about for
// days. It returns how many attempts were withdrawn; cancelling again
// changes nothing. review.ErrNotFound when there is no such batch.
func (s *Store) CancelBatch(ctx context.Context, tenant, actor, id string) (withdrawn int, err error) {
	err = s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		var state review.BatchState
		err := tx.QueryRow(ctx, `select state from batches where id = $1 and tenant_id = $2 for update`, id, tenant).Scan(&state)
		if err != nil || state == review.BatchCancelled || state == review.BatchRefused {
			return notFound(err)
		}
		// A reader that is at it finds its epoch gone with its next row.
		if _, err := tx.Exec(ctx, `update batches set state = 'cancelled', epoch = epoch + 1, lease_until = null where id = $1`, id); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `update attempts set state = 'withdrawn', epoch = epoch + 1, worker = null, lease_until = null
			where state in ('queued', 'waiting', 'running') and id in (select attempt_id from batch_items where batch_id = $1)`, id)
		if err != nil {
			return err
		}
		withdrawn = int(tag.RowsAffected())
		return audit(ctx, tx, tenant, actor, "batch.cancel", id, map[string]string{"withdrawn": fmt.Sprint(withdrawn)})
	})
	if err != nil {
		return 0, fmt.Errorf("cancel batch: %w", err)
	}
	return withdrawn, nil
}

// FinishBatches marks batches of which nothing is queued or in review any more,
// and returns how many there were. What waits for an issuing body's answer is in
// review: it is decided within hours, and by the deadline at the latest. What waits
// for its certificate to be old enough, or for a person, is not: the batch ends
// partial.
func (s *Store) FinishBatches(ctx context.Context) (int, error) {
	tag, err := s.work().Exec(ctx, `update batches b set finished_at = now() where b.state = 'read' and b.finished_at is null
		and not exists (select from batch_items i join attempts a on a.id = i.attempt_id where i.batch_id = b.id and (a.state in ('queued', 'running') or a.state = 'waiting' and a.eligible_at is null))`)
	if err != nil {
		return 0, fmt.Errorf("finish batches: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
