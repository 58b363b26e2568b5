package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// Keys lists the keys of a tenant for its own people, the newest first.
func (s *Store) Keys(ctx context.Context, tenant string) ([]review.APIKey, error) {
	return listKeys(ctx, s.deskOf(tenant), tenant)
}

// Key is one key of a tenant: review.ErrNotFound.
func (s *Store) Key(ctx context.Context, tenant, id string) (review.APIKey, error) {
	rows, _ := s.deskOf(tenant).Query(ctx, `select `+keyColumns+` from api_keys where tenant_id = $1 and id = $2`, tenant, id) // the error comes with the collection
	k, err := pgx.CollectExactlyOneRow(rows, scanKey)
	if err != nil {
		return k, fmt.Errorf("read key: %w", notFound(err))
	}
	return k, nil
}

// MakeKey keeps a key that somebody of the tenant made.
func (s *Store) MakeKey(ctx context.Context, v desk.Session, k review.APIKey) error {
	return s.deskOf(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		if err := createKey(ctx, tx, k); err != nil {
			return err
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "key.create", noSubject, map[string]string{"key": k.ID})
	})
}

// SucceedKey is RotateAPIKey for somebody of the tenant.
func (s *Store) SucceedKey(ctx context.Context, v desk.Session, old string, successor review.APIKey, until time.Time) error {
	return rotateKey(ctx, s.deskOf(v.Tenant), v.Actor(), old, successor, until)
}

// EndKey is RevokeAPIKey for somebody of the tenant.
func (s *Store) EndKey(ctx context.Context, v desk.Session, id string) error {
	return revokeKey(ctx, s.deskOf(v.Tenant), v.Actor(), id)
}
