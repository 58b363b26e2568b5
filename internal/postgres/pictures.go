package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// recordPictures keeps the pictures of what was decided or deferred.
func recordPictures(ctx context.Context, tx pgx.Tx, decisions []pipeline.Decision, moved map[string]bool) error {
	var batch pgx.Batch
	for _, d := range decisions {
		for finding, jpeg := range d.Pictures {
			if moved[d.AttemptID] {
				batch.Queue(`insert into pictures (attempt_id, kind, finding, tenant_id, jpeg) select id, $2, $3, tenant_id, $4 from attempts where id = $1
					on conflict (attempt_id, kind, finding) do update set jpeg = excluded.jpeg, made_at = now()`, d.AttemptID, d.Outcome.Kind, finding, jpeg)
			}
		}
	}
	if batch.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("write pictures: %w", err)
	}
	return nil
}

// Pictures returns the pictures of an attempt's outcome: see notify.Store.
func (s *Store) Pictures(ctx context.Context, attemptID string, kind review.Kind) (map[int][]byte, error) {
	rows, err := s.work().Query(ctx, `select finding, jpeg from pictures where attempt_id = $1 and kind = $2`, attemptID, kind)
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	pictures := map[int][]byte{}
	var finding int
	var jpeg []byte
	_, err = pgx.ForEachRow(rows, []any{&finding, &jpeg}, func() error {
		pictures[finding] = jpeg
		jpeg = nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	return pictures, nil
}

// DropPictures deletes pictures that are older than that: see sweep.Store.
func (s *Store) DropPictures(ctx context.Context, older time.Duration) (int, error) {
	tag, err := s.work().Exec(ctx, `delete from pictures where made_at < now() - $1::interval`, older)
	if err != nil {
		return 0, fmt.Errorf("drop pictures: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
