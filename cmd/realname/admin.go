package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"realname/internal/app"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/migrations"
)

// databaseURL is the setting that the database commands need.
func databaseURL() (string, error) {
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		return "", errors.New("set DATABASE_URL, for example postgres://user:password@host:5432/realname")
	}
	return url, nil
}

func migrate(ctx context.Context, args []string) (int, error) {
	if err := parse(flag.NewFlagSet("migrate", flag.ContinueOnError), args); err != nil {
		return exitUsage, err
	}
	url, err := databaseURL()
	if err != nil {
		return exitUsage, err
	}
	if err := migrations.Up(ctx, url); err != nil {
		return exitOurs, err
	}
	accounts := migrations.Accounts(os.Getenv("POSTGRES_INGEST_PASSWORD"), os.Getenv("POSTGRES_WORKER_PASSWORD"))
	if err := migrations.EnsureAccounts(ctx, url, accounts); err != nil {
		return exitOurs, err
	}
	fmt.Println("the database has the current schema")
	return exitOK, nil
}

func listReasons(_ context.Context, args []string) (int, error) {
	if err := parse(flag.NewFlagSet("reasons", flag.ContinueOnError), args); err != nil {
		return exitUsage, err
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(rules.Default().Listing()); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

// openStore opens the database at DATABASE_URL.
func openStore(ctx context.Context) (*postgres.Store, func(), error) {
	url, err := databaseURL()
	if err != nil {
		return nil, nil, err
	}
	return app.Store(ctx, app.Config{Postgres: app.PostgresConfig{URL: url}})
}

// tenant sets a tenant's limits of attempts.
func tenant(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("tenant", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname tenant [options] ID")
		f.PrintDefaults()
	}
	attempts := f.Int("max-attempts", 0, "attempts of one submission; 0 for no limit")
	coolDown := f.Duration("cool-down", 0, "from a refusal to the next attempt, for example 30m; 0 for none")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if f.NArg() != 1 || *attempts < 0 || *coolDown < 0 {
		f.Usage()
		return exitUsage, errors.New("want one tenant, and limits of 0 or more")
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if err := store.LimitTries(ctx, f.Arg(0), review.Tries{Max: *attempts, CoolDown: *coolDown}); err != nil {
		return exitOurs, err
	}
	fmt.Printf("%s: at most %d attempts (0: no limit), %v after a refusal\n", f.Arg(0), *attempts, *coolDown)
	return exitOK, nil
}
