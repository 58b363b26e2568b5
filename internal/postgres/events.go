package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// Events lists a tenant's events after a cursor, oldest first; the empty cursor is
// the beginning. A cursor that is none of ours is review.ErrNotFound. What a
// transaction that still runs may yet write comes before nothing that is listed,
// so that a reader who goes on after the last cursor misses nothing.
func (s *Store) Events(ctx context.Context, tenant, after string, limit int) ([]review.Event, error) {
	xid, id, err := cursor(after)
	if err != nil {
		return nil, err
	}
	rows, _ := s.of(tenant).Query(ctx, `
		select xid::text || '-' || id, kind, coalesce(submission_id::text, ''), coalesce(attempt_id::text, ''), coalesce(batch_id::text, ''), at
		from events where tenant_id = $1 and (xid, id) > ($2::text::xid8, $3) and xid < pg_snapshot_xmin(pg_current_snapshot())
		order by xid, id limit $4`, tenant, strconv.FormatUint(xid, 10), int64(id), limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.Event])
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

func cursor(text string) (xid, id uint64, err error) {
	if text == "" {
		return 0, 0, nil
	}
	a, b, _ := strings.Cut(text, "-")
	if xid, err = strconv.ParseUint(a, 10, 64); err == nil {
		id, err = strconv.ParseUint(b, 10, 63)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("cursor: %w", review.ErrNotFound)
	}
	return xid, id, nil
}
