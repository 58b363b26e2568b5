package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// OpenSession writes a session that begins at one of the person's places, and
// with it in the audit trail that they came.
func (s *Store) OpenSession(ctx context.Context, hash [32]byte, u desk.User, tenant string, until time.Time) error {
	err := s.desk().inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into sessions (hash, user_id, tenant_id, expires_at) values ($1, $2, $3, $4)`, hash[:], u.ID, tenant, until)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from sessions where expires_at < now()`); err != nil {
			return err
		}
		return audit(ctx, tx, tenant, desk.Session{Login: u.Login}.Actor(), "session.open", u.ID, nil)
	})
	if err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	return nil
}

// Session returns a live session with the person's role of this moment, and
// notes that it is used: review.ErrNotFound when it has ended or was idle.
func (s *Store) Session(ctx context.Context, hash [32]byte, idle time.Duration) (desk.Session, error) {
	v := desk.Session{Hash: hash}
	var seen time.Time
	err := s.desk().QueryRow(ctx, `
		select u.id::text, u.login, u.name, u.one_time, s.tenant_id, t.name, coalesce(m.role, ''), s.expires_at, s.seen_at
		from sessions s join users u on u.id = s.user_id join tenants t on t.id = s.tenant_id
			left join members m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
		where s.hash = $1 and s.expires_at > now() and s.seen_at > now() - $2::interval`, hash[:], idle).
		Scan(&v.UserID, &v.Login, &v.Name, &v.OneTime, &v.Tenant, &v.House, &v.Role, &v.ExpiresAt, &seen)
	if err != nil {
		return v, fmt.Errorf("read session: %w", notFound(err))
	}
	if time.Since(seen) < time.Minute {
		return v, nil // once a minute is often enough
	}
	if _, err := s.desk().Exec(ctx, `update sessions set seen_at = now() where hash = $1`, hash[:]); err != nil {
		return v, fmt.Errorf("note session: %w", err)
	}
	return v, nil
}

// MoveSession takes a session to another of the person's places:
// review.ErrNotFound when it is none.
func (s *Store) MoveSession(ctx context.Context, v desk.Session, tenant string) error {
	return s.desk().inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update sessions s set tenant_id = m.tenant_id from members m
			where s.hash = $1 and m.user_id = s.user_id and m.tenant_id = $2`, v.Hash[:], tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("move session: %w", err)
		}
		return audit(ctx, tx, tenant, v.Actor(), "session.open", v.UserID, nil)
	})
}

// CloseSession ends a session; one that has ended already is no error.
func (s *Store) CloseSession(ctx context.Context, hash [32]byte) error {
	if _, err := s.desk().Exec(ctx, `delete from sessions where hash = $1`, hash[:]); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}
