package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"realname/internal/app"
	"realname/internal/invariant"
	"realname/internal/review"
)

// verify asks the running system whether every promise holds.
func verify(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	since := f.String("since", "", "first day that is looked at, 2026-01-31; all when empty")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	from := time.Time{}
	if *since != "" {
		day, err := review.ParseDate(*since)
		if err != nil {
			return exitUsage, fmt.Errorf("--since: %w", err)
		}
		from = day.Start()
	}
	c, err := app.FromEnvironment()
	if err != nil {
		return exitUsage, err
	}
	checker, closePool, err := app.Invariants(ctx, c)
	if err != nil {
		return exitOurs, err
	}
	defer closePool()
	list, err := checker.Run(ctx, from)
	if err != nil {
		return exitOurs, err
	}
	return printRules(list), nil
}

// printRules prints every rule with its count and returns the exit code.
func printRules(list []invariant.Result) int {
	code := exitOK
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range list {
		fmt.Fprintf(w, "%s\t%d\t%s", r.ID, r.Count, r.Rule)
		if r.Count > 0 {
			code = exitRejected
			fmt.Fprintf(w, "\t%v", r.Examples)
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // nothing can be done about standard output
	return code
}
