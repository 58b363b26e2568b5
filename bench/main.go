package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"realname/internal/devstack"
	"realname/internal/reader"
)

func main() {
	devstack.RunChild()
	reader.RunChild()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what a run is asked for.
type options struct {
	n       int
	rounds  int
	old     int
	counts  []int
	samples int
	rows    int
	profile string
	images  string
	only    string
	count   bool
	report  string
}

// part measures one thing and writes its section of the report.
type part struct {
	name, title string
	run         func(context.Context, options) (string, error)
}

var parts = []part{
	{"rounds", "No-op stages, next to River", compare},
	{"reading", "Reading, next to the command of the OCR library", reading},
	{"fair", "What a large batch does to others", fair},
	{"memory", "How much memory the programs need", memory},
	{"linear", "Does cost grow with what is there?", linear},
	{"idle", "How long an idle system takes to decide", idle},
	{"simulate", "A day of ten million", simulation},
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	var o options
	f.IntVar(&o.n, "n", 3000, "submissions a run")
	f.IntVar(&o.rounds, "rounds", 3, "interleaved rounds")
	f.IntVar(&o.old, "old", 20_000, "decided attempts that are there already, for linear; 5000000 for the full run")
	counts := f.String("counts", "1000,10000", "submissions at once, for linear; 1000,10000,100000 for the full run")
	f.IntVar(&o.samples, "samples", 300, "submissions one by one, for idle")
	f.IntVar(&o.rows, "rows", 2000, "rows of the large batch, for fair; 20000 for the full run")
	f.StringVar(&o.images, "images", "", "a directory of licences with a labels.csv, for reading, instead of drawn ones")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of rounds to this file, of reading to files that begin so")
	f.StringVar(&o.only, "only", "", "rounds and reading of this one alone: Realname, or the beginning of a peer's name")
	f.BoolVar(&o.count, "statements", false, "print what each SQL statement of rounds cost")
	f.StringVar(&o.report, "report", "REPORT.md", "the report; sections that did not run stay as they are")
	if err := f.Parse(args); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*counts, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-counts wants numbers with commas between: %w", err)
		}
		o.counts = append(o.counts, n)
	}
	chosen, err := choose(f.Args())
	if err != nil {
		return err
	}
	for _, p := range chosen {
		fmt.Printf("== %s\n", p.title)
		text, err := p.run(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := write(o.report, p.title, text); err != nil {
			return err
		}
	}
	return nil
}

// choose returns the named parts; all when none is named.
func choose(names []string) ([]part, error) {
	if len(names) == 0 {
		return parts, nil
	}
	var chosen []part
	for _, name := range names {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q", name)
		}
		chosen = append(chosen, parts[i])
	}
	return chosen, nil
}
