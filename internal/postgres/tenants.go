package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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

type keyRow struct {
	ID        string
	TenantID  string
	Hash      []byte
	Scopes    []string
	ExpiresAt *time.Time
	RevokedAt *time.Time
}

// APIKey returns a key by its public part.
func (s *Store) APIKey(ctx context.Context, id string) (review.APIKey, error) {
	rows, _ := s.intake().Query(ctx, `select id, tenant_id, hash, scopes, expires_at, revoked_at from api_keys where id = $1`, id)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[keyRow])
	if err != nil {
		return review.APIKey{}, fmt.Errorf("read API key: %w", notFound(err))
	}
	return review.APIKey{
		ID: r.ID, Tenant: r.TenantID, Hash: [32]byte(r.Hash), Scopes: r.Scopes,
		ExpiresAt: orZero(r.ExpiresAt), RevokedAt: orZero(r.RevokedAt),
	}, nil
}

// CreateAPIKey keeps a key.
func (s *Store) CreateAPIKey(ctx context.Context, k review.APIKey) error {
	_, err := s.admin().Exec(ctx, `insert into api_keys (id, tenant_id, hash, scopes, expires_at) values ($1, $2, $3, $4, $5)`,
		k.ID, k.Tenant, k.Hash[:], k.Scopes, orNull(k.ExpiresAt))
	if err != nil {
		return fmt.Errorf("write API key: %w", err)
	}
	return nil
}
