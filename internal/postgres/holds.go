package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// PlaceHold keeps a submission from every erasure until the hold is released.
func (s *Store) PlaceHold(ctx context.Context, tenant string, h review.LegalHold) error {
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into legal_holds (submission_id, tenant_id, reason, placed_by)
			select id, tenant_id, $3, $4 from submissions where id = $1 and tenant_id = $2 and erased_at is null
			on conflict (submission_id) do update set reason = excluded.reason, placed_by = excluded.placed_by`, h.Submission, tenant, h.Reason, h.By)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, tenant, h.By, "hold.place", h.Submission, nil)
	})
	if err != nil {
		return fmt.Errorf("place hold: %w", err)
	}
	return nil
}

// ReleaseHold lets a submission be erased again.
func (s *Store) ReleaseHold(ctx context.Context, tenant, actor, submission string) error {
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from legal_holds where submission_id = $1 and tenant_id = $2`, submission, tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, tenant, actor, "hold.release", submission, nil)
	})
	if err != nil {
		return fmt.Errorf("release hold: %w", err)
	}
	return nil
}

// Holds lists a tenant's holds, the oldest first.
func (s *Store) Holds(ctx context.Context, tenant string) ([]review.LegalHold, error) {
	rows, _ := s.of(tenant).Query(ctx, `select submission_id::text, reason, placed_by, placed_at from legal_holds where tenant_id = $1 order by placed_at`, tenant)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.LegalHold])
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	return list, nil
}
