package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// CreateFix writes a correction that is about to be applied.
func (s *Store) CreateFix(ctx context.Context, actor string, f review.Fix, detail map[string]string) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into fixes (id, tenant_id, batch_id, detail, reseller, created_at) values ($1, $2, $3, $4, $5, $6)`,
			f.ID, f.Tenant, f.BatchID, f.Detail, f.Reseller, f.CreatedAt)
		if err != nil {
			return fmt.Errorf("write fix: %w", err)
		}
		return audit(ctx, tx, f.Tenant, actor, "fix.apply", f.ID, detail)
	})
}

// FixRow resubmits one row with the correction; nobody reviews it before the
// given instant, so that it can be undone. The errors are those of Resubmit.
func (s *Store) FixRow(ctx context.Context, f review.Fix, row int, a review.Attempt, notBefore time.Time) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		a, err := resubmit(ctx, tx, f.Tenant, a.SubmissionID, a, notBefore)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into fix_items (fix_id, row, tenant_id, attempt_id) values ($1, $2, $3, $4)`, f.ID, row, f.Tenant, a.ID)
		return err
	})
	if err != nil && !refusesAttempt(err) {
		return fmt.Errorf("fix row: %w", err)
	}
	return err
}

// Fix returns a tenant's correction with its rows: review.ErrNotFound.
func (s *Store) Fix(ctx context.Context, tenant, id string) (review.Fix, error) {
	f := review.Fix{ID: id, Tenant: tenant}
	var undone *time.Time
	err := s.pool.QueryRow(ctx, `select batch_id::text, detail, reseller, created_at, undone_at from fixes where id = $1 and tenant_id = $2`,
		id, tenant).Scan(&f.BatchID, &f.Detail, &f.Reseller, &f.CreatedAt, &undone)
	if err != nil {
		return f, fmt.Errorf("read fix: %w", notFound(err))
	}
	f.UndoneAt = orZero(undone)
	rows, _ := s.pool.Query(ctx, `select i.row, i.attempt_id::text, a.state from fix_items i join attempts a on a.id = i.attempt_id
		where i.fix_id = $1 order by i.row`, id) // the error comes with the collection
	if f.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[review.FixItem]); err != nil {
		return f, fmt.Errorf("read fixed rows: %w", err)
	}
	return f, nil
}

// UndoFix withdraws what was resubmitted and is not in review yet, and returns
// how many rows that were. Undoing again changes nothing.
func (s *Store) UndoFix(ctx context.Context, tenant, actor, id string) (withdrawn int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update fixes set undone_at = coalesce(undone_at, now()) where id = $1 and tenant_id = $2`, id, tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		tag, err = tx.Exec(ctx, `update attempts set state = 'withdrawn', epoch = epoch + 1
			where state = 'queued' and id in (select attempt_id from fix_items where fix_id = $1)`, id)
		if err != nil {
			return err
		}
		withdrawn = int(tag.RowsAffected())
		return audit(ctx, tx, tenant, actor, "fix.undo", id, map[string]string{"withdrawn": fmt.Sprint(withdrawn)})
	})
	if err != nil {
		return 0, fmt.Errorf("undo fix: %w", err)
	}
	return withdrawn, nil
}
