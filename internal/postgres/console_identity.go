package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// providerActor is how the audit trail names who gives and takes roles at a sign-in.
const providerActor = "openid"

// Recognise finds whom an OpenID provider vouches for, and gives and takes the
// roles that it gives: review.ErrNotFound when it is nobody of ours, of whom
// nothing is kept. A person whom an admin invited is known by an address that the
// provider has verified; from then on the password no longer opens anything, since
// whoever invited them has seen the first one.
func (s *Store) Recognise(ctx context.Context, i desk.Identity) (desk.User, error) {
	var u desk.User
	err := s.desk().inTx(ctx, func(tx pgx.Tx) error {
		// Two first sign-ins of one person wait for each other.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, i.Issuer+" "+i.Subject); err != nil {
			return err
		}
		known, err := userOf(ctx, tx, i)
		if err != nil {
			return err
		}
		u = known
		return manage(ctx, tx, u.ID, i)
	})
	if err != nil {
		return desk.User{}, fmt.Errorf("recognise: %w", err)
	}
	return u, nil
}

// userOf finds the person by the provider's name for them, else by the verified
// address, else makes one who is given a place.
func userOf(ctx context.Context, tx pgx.Tx, i desk.Identity) (u desk.User, err error) {
	err = tx.QueryRow(ctx, `select id::text, login, name from users where issuer = $1 and subject = $2 and subject <> ''`, i.Issuer, i.Subject).Scan(&u.ID, &u.Login, &u.Name)
	if !errors.Is(err, pgx.ErrNoRows) {
		return u, err
	}
	if i.Email != "" {
		if u, err = link(ctx, tx, i); !errors.Is(err, pgx.ErrNoRows) {
			return u, err
		}
	}
	return introduce(ctx, tx, i)
}

// link makes the person whom somebody invited by an address the one whom the
// provider knows: pgx.ErrNoRows when nobody waits for that.
func link(ctx context.Context, tx pgx.Tx, i desk.Identity) (u desk.User, err error) {
	err = tx.QueryRow(ctx, `update users set issuer = $2, subject = $3, password = '', one_time = false, good_until = null, name = coalesce(nullif($4, ''), name)
		where login = $1 and subject = '' returning id::text, login, name`, i.Email, i.Issuer, i.Subject, i.Name).Scan(&u.ID, &u.Login, &u.Name)
	if err != nil {
		return u, err
	}
	if _, err := tx.Exec(ctx, `delete from sessions where user_id = $1`, u.ID); err != nil {
		return u, err
	}
	rows, _ := tx.Query(ctx, `select tenant_id from members where user_id = $1 order by tenant_id`, u.ID) // the error comes with the collection
	places, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return u, err
	}
	for _, tenant := range places {
		if err := audit(ctx, tx, tenant, providerActor, "member.link", u.ID, nil); err != nil {
			return u, err
		}
	}
	return u, nil
}

// introduce makes a person of whom only the provider knows, if it gives them a
// place that is there.
func introduce(ctx context.Context, tx pgx.Tx, i desk.Identity) (u desk.User, err error) {
	var any bool
	err = tx.QueryRow(ctx, `select exists (select from tenants where id = any($1))`, slices.Collect(maps.Keys(i.Places))).Scan(&any)
	if err != nil || !any {
		return u, errors.Join(err, review.ErrNotFound)
	}
	u = desk.User{ID: uuid.Must(uuid.NewV7()).String(), Login: i.Email, Name: i.Name} // fails only without a source of randomness
	var taken bool
	if err := tx.QueryRow(ctx, `select exists (select from users where login = $1)`, i.Email).Scan(&taken); err != nil {
		return u, err
	}
	if u.Login == "" || taken {
		sum := sha256.Sum256([]byte(i.Issuer + " " + i.Subject))
		u.Login = "openid-" + hex.EncodeToString(sum[:8])
	}
	if u.Name == "" {
		u.Name = u.Login
	}
	_, err = tx.Exec(ctx, `insert into users (id, login, name, issuer, subject) values ($1, $2, $3, $4, $5)`, u.ID, u.Login, u.Name, i.Issuer, i.Subject)
	return u, err
}

// manage gives the roles that the provider gives and takes those that it gives no
// more. A role that an admin of the tenant gave is left alone.
func manage(ctx context.Context, tx pgx.Tx, user string, i desk.Identity) error {
	given := append([]string{}, slices.Sorted(maps.Keys(i.Places))...) // not nil, which is null and would take nothing
	for _, tenant := range given {
		var old desk.Role
		err := tx.QueryRow(ctx, `select coalesce((select role from members where tenant_id = $1 and user_id = $2), '')`, tenant, user).Scan(&old)
		if err != nil {
			return err
		}
		role := i.Places[tenant]
		tag, err := tx.Exec(ctx, `insert into members as m (tenant_id, user_id, role, managed) select id, $2, $3, true from tenants where id = $1
			on conflict (tenant_id, user_id) do update set role = excluded.role where m.managed and m.role <> excluded.role`, tenant, user, role)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			continue
		}
		if err := audit(ctx, tx, tenant, providerActor, "member.role", user, map[string]string{"from": string(old), "to": string(role)}); err != nil {
			return err
		}
	}
	rows, _ := tx.Query(ctx, `delete from members where user_id = $1 and managed and tenant_id <> all($2) returning tenant_id, role`,
		user, given) // the error comes with the collection
	type place struct{ Tenant, Role string }
	gone, err := pgx.CollectRows(rows, pgx.RowToStructByPos[place])
	if err != nil {
		return err
	}
	for _, p := range gone {
		if _, err := tx.Exec(ctx, `delete from sessions where user_id = $1 and tenant_id = $2`, user, p.Tenant); err != nil {
			return err
		}
		if err := audit(ctx, tx, p.Tenant, providerActor, "member.role", user, map[string]string{"from": p.Role, "to": ""}); err != nil {
			return err
		}
	}
	return nil
}
