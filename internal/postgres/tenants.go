package postgres

import (
	"context"
	"fmt"

	"realname/internal/review"
)

// EnsureTenant makes a tenant unless it is there.
func (s *Store) EnsureTenant(ctx context.Context, id, name string) error {
	_, err := s.admin().Exec(ctx, `insert into tenants (id, name) values ($1, $2) on conflict (id) do nothing`, id, name)
	if err != nil {
		return fmt.Errorf("make tenant: %w", err)
	}
	return nil
}

// LimitTries sets how often and how soon again a tenant's registrants may try:
// review.ErrNotFound when there is no such tenant.
func (s *Store) LimitTries(ctx context.Context, tenant string, t review.Tries) error {
	tag, err := s.admin().Exec(ctx, `update tenants set max_attempts = $2, cool_down = $3 where id = $1`, tenant, t.Max, t.CoolDown)
	if err == nil && tag.RowsAffected() == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("limit attempts: %w", err)
	}
	return nil
}
