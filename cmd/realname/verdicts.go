package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"realname/internal/app"
	"realname/internal/postgres"
	"realname/internal/verdict"
)

// verdicts takes in what the registry said, and compares it with what we said.
func verdicts(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("verdicts", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname verdicts import --tenant ID [--patterns FILE] ANSWERS.csv\n"+
			"       realname verdicts queue --tenant ID     texts that no pattern fits\n"+
			"       realname verdicts report --tenant ID    where we and the registry differ\n\n"+
			"ANSWERS.csv has four columns: submission, external id or domain; pass or refuse (通过, 不通过); the registry's text; when it was\n"+
			"said, as a day or RFC 3339. The last two may be missing. With a time, the word meets the attempt that was decided before it.")
		f.PrintDefaults()
	}
	tenant := f.String("tenant", "", "id of the tenant")
	patterns := f.String("patterns", "", "YAML of patterns instead of the built-in ones")
	duties := map[string]func(context.Context, *postgres.Store) error{
		"import": func(ctx context.Context, s *postgres.Store) error {
			return importVerdicts(ctx, s, *tenant, *patterns, f.Arg(0))
		},
		"queue":  func(ctx context.Context, s *postgres.Store) error { return printUnread(ctx, s, *tenant) },
		"report": func(ctx context.Context, s *postgres.Store) error { return reportVerdicts(ctx, s, *tenant) },
	}
	if len(args) == 0 || duties[args[0]] == nil {
		f.Usage()
		return exitUsage, errors.New("say what to do: import, queue or report")
	}
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	if *tenant == "" {
		return exitUsage, errors.New("--tenant must be given")
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

// mostAnswers bounds a file.
const mostAnswers = 1_000_000

func importVerdicts(ctx context.Context, s *postgres.Store, tenant, patterns, path string) error {
	known, err := app.Patterns(patterns)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	list, err := verdict.ReadCSV(file, mostAnswers)
	if err != nil {
		return err
	}
	n, err := verdict.Take(ctx, s, known, tenant, list)
	if err != nil {
		return err
	}
	fmt.Printf("%d answers taken, %d of them not understood (realname verdicts queue), %d about nothing that we had decided by then\n", n.Taken, n.NotUnderstood, n.Unknown)
	return nil
}

func printUnread(ctx context.Context, s *postgres.Store, tenant string) error {
	list, err := s.UnreadWords(ctx, tenant, verdict.MostUnread)
	if err != nil {
		return err
	}
	for _, u := range list {
		fmt.Printf("%6d  %s\n", u.Count, u.Words)
	}
	return nil
}

func reportVerdicts(ctx context.Context, s *postgres.Store, tenant string) error {
	cases, err := s.VerdictCases(ctx, tenant, verdict.MostCases)
	if err != nil {
		return err
	}
	r := verdict.Compare(cases)
	fmt.Printf("%d attempts: both passed %d, both refused %d, by a person %d\n", r.Cases, r.BothPassed, r.BothRefused, r.ByPerson)
	for _, reason := range slices.Sorted(maps.Keys(r.WePassed)) {
		fmt.Printf("we passed, they refused  %6d  %s\n", r.WePassed[reason], reason)
	}
	for _, row := range r.Checks {
		fmt.Printf("%s  agreed %d, we refused and they passed %d\n", row.Check, row.Agreed, row.TooHarsh)
	}
	for _, p := range r.Proposals {
		sure := "not sure yet"
		if p.Sure {
			sure = "sure"
		}
		fmt.Printf("proposal (%s): %s should be %s; of %d cases %d would be decided otherwise, %d of them as the registry did\n    %s\n",
			sure, p.Limit, p.Proposed, p.Cases, p.Flips, p.Agree, p.Why)
	}
	fmt.Println("What we refuse seldom reaches a registry: of refusals, and of limits that ought to be stricter, this says little.")
	return nil
}
