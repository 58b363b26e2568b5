package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"realname/internal/postgres"
	"realname/internal/review"
)

// usageDays is how far back usage is listed.
const usageDays = 31

// askAuthority serves operations: a source was mended, or its bill is to be checked.
func askAuthority(ctx context.Context, args []string) (int, error) {
	duties := map[string]func(context.Context, *postgres.Store) error{"now": askNow, "usage": printUsage}
	if len(args) != 1 || duties[args[0]] == nil {
		return exitUsage, errors.New("usage: realname authority now|usage")
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if err := duties[args[0]](ctx, store); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

func askNow(ctx context.Context, s *postgres.Store) error {
	n, err := s.AskNow(ctx)
	if err == nil {
		fmt.Printf("%d attempts are asked about at once\n", n)
	}
	return err
}

func printUsage(ctx context.Context, s *postgres.Store) error {
	list, err := s.UsageSince(ctx, review.DateOf(time.Now()).AddDays(-usageDays))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "DAY\tSOURCE\tASKED\tCOST")
	for _, u := range list {
		fmt.Fprintf(t, "%s\t%s\t%d\t%.2f\n", u.Day.Format(time.DateOnly), u.Source, u.Asked, u.Cost)
	}
	return t.Flush()
}
