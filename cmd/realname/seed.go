package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/seed"
)

// fillDatabase writes made-up submissions, to see the console with many.
func fillDatabase(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("seed", flag.ContinueOnError)
	tenant := f.String("tenant", "", "id of the tenant; use one that has nothing else")
	n := f.Int("submissions", 1_000_000, "how many")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if *tenant == "" || *n < 1 {
		return exitUsage, errors.New("usage: realname seed --tenant ID [--submissions N]")
	}
	url, err := databaseURL()
	if err != nil {
		return exitUsage, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return exitOurs, errors.New("the database at DATABASE_URL cannot be reached") // the cause may hold the password
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	start := time.Now()
	if err := seed.Fill(ctx, conn, *tenant, *n, time.Now()); err != nil {
		return exitOurs, err
	}
	if err := seed.Analyse(ctx, conn); err != nil {
		return exitOurs, err
	}
	fmt.Printf("%s has %d made-up submissions, in %.0f s\n", *tenant, *n, time.Since(start).Seconds())
	return exitOK, nil
}
