package migrations

import (
	"context"
	"database/sql"
	"fmt"
)

// Account is who a program logs in as.
type Account struct {
	Name     string
	Password string
	Roles    []string // that it may put on
}

// Accounts are those of the services, with the passwords of the deployment. Ingest,
// which the whole world can talk to, cannot put on the role that sees every tenant.
func Accounts(ingest, worker string) []Account {
	return []Account{
		{"realname_ingest", ingest, []string{"realname_tenant", "realname_intake", "realname_desk"}},
		{"realname_worker", worker, []string{"realname_tenant", "realname_work"}},
	}
}

// EnsureAccounts makes the accounts and sets their passwords. Accounts without a
// password are left alone: there is no default.
func EnsureAccounts(ctx context.Context, url string, accounts []Account) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return fmt.Errorf("open database for accounts: %w", err)
	}
	defer func() { _ = db.Close() }()
	for _, a := range accounts {
		if a.Password == "" {
			continue
		}
		if err := ensure(ctx, db, a); err != nil {
			return fmt.Errorf("make account %s: %w", a.Name, err)
		}
	}
	return nil
}

func ensure(ctx context.Context, db *sql.DB, a Account) error {
	var there bool
	if err := db.QueryRowContext(ctx, `select exists (select from pg_roles where rolname = $1)`, a.Name).Scan(&there); err != nil {
		return err
	}
	if !there {
		if err := statement(ctx, db, `create role %I noinherit`, a.Name); err != nil {
			return err
		}
	}
	if err := statement(ctx, db, `alter role %I login noinherit nobypassrls password %L`, a.Name, a.Password); err != nil {
		return err
	}
	for _, role := range a.Roles {
		if err := statement(ctx, db, `grant %I to %I`, role, a.Name); err != nil {
			return err
		}
	}
	return nil
}

// statement runs what takes no parameters, quoted by the database.
func statement(ctx context.Context, db *sql.DB, form string, args ...string) error {
	var text string
	if err := db.QueryRowContext(ctx, `select format($1, variadic $2::text[])`, form, args).Scan(&text); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, text)
	return err
}
