package postgres

import (
	"context"
	"fmt"
	"time"

	"realname/internal/review"
)

// Decided is an attempt with what it was decided by.
type Decided struct {
	AttemptID string
	Profile   string
	Facts     review.Facts
	Outcome   review.Outcome
}

// EachDecided yields what was decided since then, oldest first, deferrals that
// still wait included. It holds one row at a time.
func (s *Store) EachDecided(ctx context.Context, since time.Time, yield func(Decided) error) error {
	rows, err := s.work().Query(ctx, `
		select a.id::text, s.profile, a.facts, coalesce(o.outcome, a.deferral)
		from attempts a join submissions s on s.id = a.submission_id left join outcomes o on o.attempt_id = a.id
		where a.facts is not null and (o.decided_at >= $1 or a.deferral is not null and a.state = 'waiting' and a.created_at >= $1)
		order by coalesce(o.decided_at, a.created_at), a.id`, since)
	if err != nil {
		return fmt.Errorf("read decided attempts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d Decided
		if err := rows.Scan(&d.AttemptID, &d.Profile, &d.Facts, &d.Outcome); err != nil {
			return fmt.Errorf("read decided attempt: %w", err)
		}
		if err := yield(d); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read decided attempts: %w", err)
	}
	return nil
}
