package testenv

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/devstack"
	"realname/migrations"
)

const templateDB = "template_realname"

// Database makes a migrated database for this test and returns its URL. It is
// dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.pg == nil {
		startPostgres(t)
	}
	shared.count++
	name := fmt.Sprintf("test_%d", shared.count)
	admin(t, fmt.Sprintf("create database %s template %s", name, templateDB))
	t.Cleanup(func() { admin(t, fmt.Sprintf("drop database %s with (force)", name)) })
	return shared.pg.URL(name)
}

// Postgres is Database with a pool on it.
func Postgres(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), Database(t))
	if err != nil {
		t.Fatalf("testenv: open pool: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// OwnPostgres starts a cluster for this test alone, which it may stop, kill and
// start again, with one migrated database. Its URL is returned beside it.
func OwnPostgres(t testing.TB) (*devstack.Postgres, string) {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.count++
	pg, err := devstack.StartPostgres(shared.subdir(t, fmt.Sprintf("pg%d", shared.count)), true)
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	t.Cleanup(pg.Kill)
	url := pg.URL("postgres")
	if err := migrations.Up(context.Background(), url); err != nil {
		t.Fatalf("testenv: %v", err)
	}
	return pg, url
}

// startPostgres starts the shared cluster and migrates the template that every
// test's database is copied from. The caller holds the lock.
func startPostgres(t testing.TB) {
	t.Helper()
	pg, err := devstack.StartPostgres(shared.subdir(t, "pg"), true)
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	shared.pg = pg
	admin(t, "create database "+templateDB)
	if err := migrations.Up(context.Background(), pg.URL(templateDB)); err != nil {
		t.Fatalf("testenv: %v", err)
	}
}

func admin(t testing.TB, statement string) {
	t.Helper()
	ctx := context.Background() // also runs in clean-up, after the test's context
	conn, err := pgx.Connect(ctx, shared.pg.URL("postgres"))
	if err != nil {
		t.Fatalf("testenv: connect: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("testenv: %s: %v", statement, err)
	}
}
