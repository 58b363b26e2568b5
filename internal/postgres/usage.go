package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// Spend counts questions of a source on a day, unless they would exceed its quota:
// see web.Ledger.
func (s *Store) Spend(ctx context.Context, source string, day review.Date, n, quota int, cost float64) (bool, error) {
	tag, err := s.work().Exec(ctx, `
		insert into authority_usage as u (source, day, asked, cost) select $1, $2, $3::bigint, $5 where $4::bigint = 0 or $3 <= $4
		on conflict (source, day) do update set asked = u.asked + excluded.asked, cost = u.cost + excluded.cost
			where $4 = 0 or u.asked + excluded.asked <= $4`,
		source, sqlDate(day), n, quota, cost)
	if err != nil {
		return false, fmt.Errorf("count questions: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

func sqlDate(d review.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Usage is what a source was asked on a day and what it cost.
type Usage struct {
	Source string
	Day    time.Time
	Asked  int64
	Cost   float64
}

// UsageSince lists what was asked, the newest day first.
func (s *Store) UsageSince(ctx context.Context, day review.Date) ([]Usage, error) {
	rows, _ := s.work().Query(ctx, `select source, day, asked, cost::float8 from authority_usage where day >= $1 order by day desc, source`, sqlDate(day))
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Usage])
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", err)
	}
	return list, nil
}
