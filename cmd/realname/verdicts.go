package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

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
			"ANSWERS.csv has three columns without a heading: submission, external id or domain; pass or refuse (通过, 不通过); the registry's text.")
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

// passes are the words of a result; anything else is a mistake in the file.
var passes = map[string]bool{"pass": true, "passed": true, "通过": true, "成功": true, "refuse": false, "refused": false, "不通过": false, "未通过": false, "失败": false}

func importVerdicts(ctx context.Context, s *postgres.Store, tenant, patterns, path string) error {
	var data []byte
	if patterns != "" {
		var err error
		if data, err = os.ReadFile(patterns); err != nil {
			return err
		}
	}
	known, err := verdict.Load(data)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	in := csv.NewReader(file)
	in.FieldsPerRecord = -1
	taken, unread, unknown := 0, 0, 0
	for line := 1; ; line++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			fmt.Printf("%d answers taken, %d of them not understood (realname verdicts queue), %d about nothing that we decided\n", taken, unread, unknown)
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		v, err := readVerdict(row, known)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		found, err := s.PutVerdict(ctx, tenant, v)
		switch {
		case err != nil:
			return err
		case !found:
			unknown++
		default:
			taken++
			if !v.Passed && v.Reason == "" {
				unread++
			}
		}
	}
}

func readVerdict(row []string, known verdict.Patterns) (postgres.RegistryVerdict, error) {
	if len(row) < 2 {
		return postgres.RegistryVerdict{}, errors.New("want a submission, pass or refuse, and the text")
	}
	v := postgres.RegistryVerdict{Subject: strings.TrimSpace(strings.TrimPrefix(row[0], "\ufeff"))}
	var ok bool
	if v.Passed, ok = passes[strings.ToLower(strings.TrimSpace(row[1]))]; !ok {
		return v, errors.New("the second column must be pass or refuse, 通过 or 不通过")
	}
	if len(row) > 2 && !v.Passed {
		v.Words = verdict.Clean(row[2])
		v.Reason, v.Detail, _ = known.Understand(row[2])
	}
	return v, nil
}

func printUnread(ctx context.Context, s *postgres.Store, tenant string) error {
	counts, err := s.UnreadWords(ctx, tenant)
	if err != nil {
		return err
	}
	for _, words := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) }) {
		fmt.Printf("%6d  %s\n", counts[words], words)
	}
	return nil
}

func reportVerdicts(ctx context.Context, s *postgres.Store, tenant string) error {
	cases, err := s.VerdictCases(ctx, tenant)
	if err != nil {
		return err
	}
	r := verdict.Compare(cases)
	fmt.Printf("%d attempts: both passed %d, both refused %d\n", r.Cases, r.BothPassed, r.BothRefused)
	for _, reason := range slices.Sorted(maps.Keys(r.WePassed)) {
		fmt.Printf("we passed, they refused  %6d  %s\n", r.WePassed[reason], reason)
	}
	for _, row := range r.Checks {
		fmt.Printf("%s  agreed %d, we refused and they passed %d\n", row.Check, row.Agreed, row.TooHarsh)
	}
	for _, p := range r.Proposals {
		fmt.Println("proposal:", p)
	}
	return nil
}
