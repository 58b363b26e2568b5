package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// SavedFilters are those of a person and those that colleagues share, by name.
func (s *Store) SavedFilters(ctx context.Context, v desk.Session) ([]desk.SavedFilter, error) {
	rows, _ := s.of(v.Tenant).Query(ctx, `select f.id::text, f.name, f.query, f.shared, f.user_id = $2, u.name from saved_filters f join users u on u.id = f.user_id
		where f.tenant_id = $1 and (f.user_id = $2 or f.shared) order by f.name, f.id limit $3`, v.Tenant, v.UserID, desk.MaxFilters*10) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.SavedFilter])
	if err != nil {
		return nil, fmt.Errorf("list saved filters: %w", err)
	}
	return list, nil
}

// SaveFilter keeps a filter, in place of one of the same name: desk.ErrTooMany.
func (s *Store) SaveFilter(ctx context.Context, v desk.Session, f desk.SavedFilter) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		// Two saves of one person wait for each other.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 1))`, v.UserID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from saved_filters where tenant_id = $1 and user_id = $2 and name = $3`, v.Tenant, v.UserID, f.Name); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into saved_filters (id, tenant_id, user_id, name, query, shared) select $1, $2, $3, $4, $5, $6
			where (select count(*) from saved_filters where tenant_id = $2 and user_id = $3) < $7`, f.ID, v.Tenant, v.UserID, f.Name, f.Query, f.Shared, desk.MaxFilters)
		if err == nil && tag.RowsAffected() == 0 {
			err = desk.ErrTooMany
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("save filter: %w", err)
	}
	return nil
}

// DropFilter forgets a filter: review.ErrNotFound unless it is the person's own, or
// a shared one and the person an admin.
func (s *Store) DropFilter(ctx context.Context, v desk.Session, id string) error {
	tag, err := s.of(v.Tenant).Exec(ctx, `delete from saved_filters where tenant_id = $1 and id = $2 and (user_id = $3 or shared and $4)`,
		v.Tenant, id, v.UserID, v.Role.Allows(desk.Admin))
	if err == nil && tag.RowsAffected() == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("drop filter: %w", notFound(err))
	}
	return nil
}
