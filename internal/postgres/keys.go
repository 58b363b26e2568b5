package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

type keyRow struct {
	ID         string
	TenantID   string
	Name       string
	Hash       []byte
	Scopes     []string
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time
}

const keyColumns = `id, tenant_id, name, hash, scopes, created_at, expires_at, revoked_at, last_used_at`

func scanKey(row pgx.CollectableRow) (review.APIKey, error) {
	r, err := pgx.RowToStructByName[keyRow](row)
	if err != nil {
		return review.APIKey{}, err
	}
	return review.APIKey{
		ID: r.ID, Tenant: r.TenantID, Name: r.Name, Hash: [32]byte(r.Hash), Scopes: r.Scopes, CreatedAt: r.CreatedAt,
		ExpiresAt: orZero(r.ExpiresAt), RevokedAt: orZero(r.RevokedAt), LastUsedAt: orZero(r.LastUsedAt),
	}, nil
}

// APIKey returns a key by its public part.
func (s *Store) APIKey(ctx context.Context, id string) (review.APIKey, error) {
	rows, _ := s.intake().Query(ctx, `select `+keyColumns+` from api_keys where id = $1`, id) // the error comes with the collection
	k, err := pgx.CollectExactlyOneRow(rows, scanKey)
	if err != nil {
		return review.APIKey{}, fmt.Errorf("read API key: %w", notFound(err))
	}
	return k, nil
}

// KeyUsed notes that a key was used just now.
func (s *Store) KeyUsed(ctx context.Context, id string) error {
	if _, err := s.intake().Exec(ctx, `update api_keys set last_used_at = now() where id = $1`, id); err != nil {
		return fmt.Errorf("note use of API key: %w", err)
	}
	return nil
}

// APIKeys lists a tenant's keys, the newest first.
func (s *Store) APIKeys(ctx context.Context, tenant string) ([]review.APIKey, error) {
	return listKeys(ctx, s.admin(), tenant)
}

func listKeys(ctx context.Context, on scope, tenant string) ([]review.APIKey, error) {
	rows, _ := on.Query(ctx, `select `+keyColumns+` from api_keys where tenant_id = $1 order by created_at desc, id`, tenant) // the error comes with the collection
	list, err := pgx.CollectRows(rows, scanKey)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return list, nil
}

// CreateAPIKey keeps a key.
func (s *Store) CreateAPIKey(ctx context.Context, k review.APIKey) error {
	return createKey(ctx, s.admin(), k)
}

func createKey(ctx context.Context, on execer, k review.APIKey) error {
	_, err := on.Exec(ctx, `insert into api_keys (id, tenant_id, name, hash, scopes, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		k.ID, k.Tenant, k.Name, k.Hash[:], k.Scopes, orNull(k.ExpiresAt))
	if err != nil {
		return fmt.Errorf("write API key: %w", err)
	}
	return nil
}

// RotateAPIKey keeps a successor of a live key, which works beside it until then:
// review.ErrNotFound when there is no such key.
func (s *Store) RotateAPIKey(ctx context.Context, actor, old string, successor review.APIKey, until time.Time) error {
	return rotateKey(ctx, s.admin(), actor, old, successor, until)
}

func rotateKey(ctx context.Context, on scope, actor, old string, successor review.APIKey, until time.Time) error {
	return on.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update api_keys set expires_at = least(expires_at, $2) where id = $1 and tenant_id = $3 and revoked_at is null`, old, until, successor.Tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err == nil {
			err = createKey(ctx, tx, successor)
		}
		if err != nil {
			return fmt.Errorf("rotate API key: %w", err)
		}
		return audit(ctx, tx, successor.Tenant, actor, "key.rotate", noSubject, map[string]string{"key": old, "successor": successor.ID})
	})
}

// RevokeAPIKey ends a key for good: review.ErrNotFound. Revoking again changes nothing.
func (s *Store) RevokeAPIKey(ctx context.Context, actor, id string) error {
	return revokeKey(ctx, s.admin(), actor, id)
}

func revokeKey(ctx context.Context, on scope, actor, id string) error {
	return on.inTx(ctx, func(tx pgx.Tx) error {
		var tenant string
		err := tx.QueryRow(ctx, `update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1 returning tenant_id`, id).Scan(&tenant)
		if err != nil {
			return fmt.Errorf("revoke API key: %w", notFound(err))
		}
		return audit(ctx, tx, tenant, actor, "key.revoke", noSubject, map[string]string{"key": id})
	})
}
