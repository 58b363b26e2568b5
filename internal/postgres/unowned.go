package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/erase"
	"realname/internal/review"
)

// dropUnowned looks through the next keys by age. A key that was kept anew meanwhile
// is young again, and is left.
const dropUnowned = `
	with part as materialized (
		select blob_key, created_at from blob_keys
		where (created_at, blob_key) > ($1, $2) and created_at < now() - $3::interval order by created_at, blob_key limit $4
	), gone as (
		delete from blob_keys k using part p where k.blob_key = p.blob_key and k.created_at = p.created_at
			and not exists (select from documents d where d.blob_key = k.blob_key)
			and not exists (select from batches b where b.blob_key = k.blob_key and b.blob_key <> '')
			and not exists (select from archive_parts a where a.blob_key = k.blob_key)
		returning k.blob_key
	)
	select p.blob_key, p.created_at, coalesce((select array_agg(blob_key) from gone), '{}') from part p order by p.created_at desc, p.blob_key desc limit 1`

// DropUnowned erases what belongs to nothing: see erase.Store. The keys are gone only
// with their objects: whoever stores under such a name meanwhile waits for the end of
// the transaction, and stores after it.
func (s *Store) DropUnowned(ctx context.Context, after erase.Place, older time.Duration, limit int, drop func(context.Context, ...string) error) (erase.Place, int, error) {
	var n int
	err := s.work().inIndexedTx(ctx, func(tx pgx.Tx) error {
		var gone []string
		err := tx.QueryRow(ctx, dropUnowned, after.At, after.Key, older, limit).Scan(&after.Key, &after.At, &gone)
		if errors.Is(err, pgx.ErrNoRows) {
			return review.ErrNotFound
		}
		if n = len(gone); err != nil || n == 0 {
			return err
		}
		return drop(ctx, gone...)
	})
	if errors.Is(err, review.ErrNotFound) {
		return after, 0, err
	}
	if err != nil {
		return after, 0, fmt.Errorf("erase what belongs to nothing: %w", err)
	}
	return after, n, nil
}
