package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"realname/internal/app"
	"realname/internal/check"
	"realname/internal/postgres"
	"realname/internal/review"
)

// replay decides again what was decided since a day, under other rules, and
// prints what would flip. It changes nothing.
func replay(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("replay", flag.ContinueOnError)
	since := f.String("since", "", "first day of the outcomes, 2026-01-31; all when empty")
	file := f.String("rules", os.Getenv("RULES_FILE"), "rules file over the built-in rules; that of RULES_FILE, which the services use, when not given")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	var from review.Date
	if *since != "" {
		var err error
		if from, err = review.ParseDate(*since); err != nil {
			return exitUsage, fmt.Errorf("--since: %w", err)
		}
	}
	url, err := databaseURL()
	if err != nil {
		return exitUsage, err
	}
	c := app.Config{Postgres: app.PostgresConfig{URL: url}, Rules: app.RulesConfig{File: *file}}
	rules, err := app.Rules(c)
	if err != nil {
		return exitUsage, err
	}
	store, closeStore, err := app.Store(ctx, c)
	if err != nil {
		return exitOurs, err
	}
	defer closeStore()
	if err := replayAll(ctx, store, rules, start(from)); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

func start(d review.Date) time.Time {
	if d.IsZero() {
		return time.Unix(0, 0)
	}
	return d.Start()
}

func replayAll(ctx context.Context, s *postgres.Store, rules check.Rules, since time.Time) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	total, flips := 0, 0
	byCheck, byReason := map[string]int{}, map[string]int{}
	err := s.EachDecided(ctx, since, func(d postgres.Decided) error {
		total++
		flip := rules.Replay(d.Profile, d.Facts, d.Outcome)
		if flip == nil {
			return nil
		}
		if flips++; flips == 1 {
			fmt.Fprintln(t, "ATTEMPT\tWAS\tWOULD BE\tGONE\tNEW")
		}
		for _, id := range slices.Concat(flip.Gone, flip.New) {
			byCheck[string(id)]++
		}
		byReason[fmt.Sprintf("%s %s → %s %s", flip.Was.Kind, flip.Was.Primary, flip.Would.Kind, flip.Would.Primary)]++
		fmt.Fprintf(t, "%s\t%s %s\t%s %s\t%v\t%v\n", d.AttemptID, flip.Was.Kind, flip.Was.Primary, flip.Would.Kind, flip.Would.Primary, flip.Gone, flip.New)
		return nil
	})
	err = errors.Join(err, t.Flush())
	if err != nil {
		return err
	}
	for _, counts := range []map[string]int{byCheck, byReason} {
		for _, key := range slices.Sorted(maps.Keys(counts)) {
			fmt.Printf("%6d  %s\n", counts[key], key)
		}
	}
	fmt.Printf("%d of %d would change under %s\n", flips, total, rules.Set.Version)
	return nil
}
