package postgres

import (
	"context"
	"fmt"
)

// KeepKey keeps the wrapped data key of a stored object: see seal.Keys.
func (s *Store) KeepKey(ctx context.Context, tenant, object string, wrapped []byte) error {
	_, err := s.of(tenant).Exec(ctx, `insert into blob_keys (blob_key, tenant_id, wrapped) values ($1, $2, $3)
		on conflict (blob_key) do update set wrapped = excluded.wrapped, created_at = now()`, object, tenant, wrapped)
	if err != nil {
		return fmt.Errorf("keep data key: %w", err)
	}
	return nil
}

// WrappedKey reads one: see seal.Keys.
func (s *Store) WrappedKey(ctx context.Context, tenant, object string) (wrapped []byte, err error) {
	err = s.of(tenant).QueryRow(ctx, `select wrapped from blob_keys where blob_key = $1 and tenant_id = $2`, object, tenant).Scan(&wrapped)
	if err != nil {
		return nil, fmt.Errorf("read data key: %w", notFound(err))
	}
	return wrapped, nil
}

// DropKeys erases them: see seal.Keys.
func (s *Store) DropKeys(ctx context.Context, tenant string, objects ...string) error {
	if _, err := s.of(tenant).Exec(ctx, `delete from blob_keys where blob_key = any($1) and tenant_id = $2`, objects, tenant); err != nil {
		return fmt.Errorf("erase data keys: %w", err)
	}
	return nil
}
