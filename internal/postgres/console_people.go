package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// User finds a person by login: review.ErrNotFound.
func (s *Store) User(ctx context.Context, login string) (desk.User, error) {
	var u desk.User
	var until *time.Time
	err := s.desk().QueryRow(ctx, `select id::text, login, name, password, one_time, good_until from users where login = $1`, login).
		Scan(&u.ID, &u.Login, &u.Name, &u.Password, &u.OneTime, &until)
	if err != nil {
		return u, fmt.Errorf("find user: %w", notFound(err))
	}
	u.GoodUntil = orZero(until)
	return u, nil
}

// Places are the tenants where a person works, by name.
func (s *Store) Places(ctx context.Context, userID string) ([]desk.Place, error) {
	rows, _ := s.desk().Query(ctx, `select t.id, t.name, m.role from members m join tenants t on t.id = m.tenant_id
		where m.user_id = $1 order by t.name, t.id`, userID) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Place])
	if err != nil {
		return nil, fmt.Errorf("list places: %w", err)
	}
	return list, nil
}

// Members lists the people of a tenant by login.
func (s *Store) Members(ctx context.Context, tenant string) ([]desk.Member, error) {
	rows, _ := s.desk().Query(ctx, `select u.id::text, u.login, u.name, m.role, u.one_time, m.managed, m.created_at from members m join users u on u.id = m.user_id
		where m.tenant_id = $1 order by u.login`, tenant) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Member])
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return list, nil
}

// Invite makes a person a member of a tenant, and the person too when they are
// new; only then the password of u counts, and fresh is true. desk.ErrTaken when
// they are a member already.
func (s *Store) Invite(ctx context.Context, tenant, actor string, u desk.User, role desk.Role) (fresh bool, err error) {
	err = s.desk().inTx(ctx, func(tx pgx.Tx) error {
		var id string
		err := tx.QueryRow(ctx, `insert into users (id, login, name, password, one_time, good_until) values ($1, $2, $3, $4, $5, $6)
			on conflict (login) do update set login = excluded.login returning id::text`,
			u.ID, u.Login, u.Name, u.Password, u.OneTime, orNull(u.GoodUntil)).Scan(&id)
		if err != nil {
			return err
		}
		fresh = id == u.ID
		tag, err := tx.Exec(ctx, `insert into members (tenant_id, user_id, role) values ($1, $2, $3) on conflict do nothing`, tenant, id, role)
		if err == nil && tag.RowsAffected() == 0 {
			err = desk.ErrTaken
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, tenant, actor, "member.invite", id, map[string]string{"role": string(role)})
	})
	if err != nil {
		return false, fmt.Errorf("invite: %w", err)
	}
	return fresh, nil
}

// SetRole changes what a member may do, or ends the membership when the role is
// empty: review.ErrNotFound, desk.ErrLastAdmin.
func (s *Store) SetRole(ctx context.Context, tenant, actor, userID string, role desk.Role) error {
	err := s.desk().inTx(ctx, func(tx pgx.Tx) error {
		// Two admins who remove each other at once must not both succeed.
		if _, err := tx.Exec(ctx, `select from members where tenant_id = $1 and role = 'admin' order by user_id for update`, tenant); err != nil {
			return err
		}
		var old desk.Role
		var others int
		err := tx.QueryRow(ctx, `select role, (select count(*) from members where tenant_id = $1 and role = 'admin' and user_id <> $2)
			from members where tenant_id = $1 and user_id = $2 for update`, tenant, userID).Scan(&old, &others)
		switch {
		case err != nil:
			return notFound(err)
		case old == desk.Admin && role != desk.Admin && others == 0:
			return desk.ErrLastAdmin
		case role == "":
			if _, err = tx.Exec(ctx, `delete from members where tenant_id = $1 and user_id = $2`, tenant, userID); err == nil {
				_, err = tx.Exec(ctx, `delete from sessions where tenant_id = $1 and user_id = $2`, tenant, userID)
			}
		default:
			_, err = tx.Exec(ctx, `update members set role = $3, managed = false where tenant_id = $1 and user_id = $2`, tenant, userID, role)
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, tenant, actor, "member.role", userID, map[string]string{"from": string(old), "to": string(role)})
	})
	if err != nil {
		return fmt.Errorf("set role: %w", err)
	}
	return nil
}

// SetPassword replaces a password and ends all sessions of its person but one.
func (s *Store) SetPassword(ctx context.Context, u desk.User, keep [32]byte) error {
	err := s.desk().inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update users set password = $2, one_time = $3, good_until = $4 where id = $1`, u.ID, u.Password, u.OneTime, orNull(u.GoodUntil))
		if err == nil {
			_, err = tx.Exec(ctx, `delete from sessions where user_id = $1 and hash <> $2`, u.ID, keep[:])
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// ResetPassword gives a member of a tenant a one-time password: review.ErrNotFound.
func (s *Store) ResetPassword(ctx context.Context, tenant, actor string, u desk.User) error {
	err := s.desk().inTx(ctx, func(tx pgx.Tx) error {
		// Who works elsewhere too is not for one tenant's admin to lock out, and a
		// password would lead past the provider of whoever comes by one.
		tag, err := tx.Exec(ctx, `update users set password = $3, one_time = true, good_until = $4 where id = $2
			and subject = '' and exists (select from members where tenant_id = $1 and user_id = $2)
			and not exists (select from members where tenant_id <> $1 and user_id = $2)`, tenant, u.ID, u.Password, orNull(u.GoodUntil))
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		if _, err = tx.Exec(ctx, `delete from sessions where user_id = $1`, u.ID); err != nil {
			return err
		}
		return audit(ctx, tx, tenant, actor, "member.reset", u.ID, nil)
	})
	if err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	return nil
}
