package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

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
	code := exitOK
	duties := map[string]func(context.Context, *postgres.Store) error{
		"import": func(ctx context.Context, s *postgres.Store) (err error) {
			code, err = importVerdicts(ctx, s, *tenant, *patterns, f.Arg(0))
			return err
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
	return code, nil
}

// mostAnswers bounds a file.
const mostAnswers = 1_000_000

// importVerdicts takes the lines that can be read and names the others: exitRejected
// when there are such.
func importVerdicts(ctx context.Context, s *postgres.Store, tenant, patterns, path string) (int, error) {
	known, err := app.Patterns(patterns)
	if err != nil {
		return exitUsage, err
	}
	file, err := os.Open(path)
	if err != nil {
		return exitUsage, err
	}
	defer func() { _ = file.Close() }()
	list, err := verdict.ReadCSV(file, mostAnswers, time.Now())
	if err != nil {
		return exitUsage, fmt.Errorf("nothing was taken: %w", err)
	}
	n, err := verdict.Take(ctx, s, known, tenant, list.Answers)
	if err != nil {
		return exitOurs, err
	}
	printTaken(os.Stdout, list, n)
	if len(list.Refused) > 0 {
		return exitRejected, nil
	}
	return exitOK, nil
}

func printTaken(w io.Writer, list verdict.Import, n verdict.Taken) {
	fmt.Fprintf(w, "%d answers read: %d taken, %d refused, %d about nothing that we had decided by then, %d older than what is kept\n",
		len(list.Answers)+len(list.Refused), n.Taken, len(list.Refused), n.Unknown, n.Outdated)
	fmt.Fprintf(w, "of those taken %d are not understood (realname verdicts queue)\n", n.NotUnderstood)
	for _, f := range list.Refused[:min(len(list.Refused), verdict.MostLines)] {
		fmt.Fprintf(w, "refused: %v\n", f)
	}
	for _, line := range n.UnknownLines {
		fmt.Fprintf(w, "line %d: about nothing that we had decided by then\n", line)
	}
	for _, line := range n.OutdatedLines {
		fmt.Fprintf(w, "line %d: older than what is kept\n", line)
	}
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
