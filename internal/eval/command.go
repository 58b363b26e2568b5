package eval

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"realname/internal/reader"
)

// Exit codes of Command.
const (
	exitDone  = 0
	exitUsage = 2
	exitOurs  = 4
)

// Setup is what the program that offers the command knows and this package
// does not: how to open a picture and the tables of types.
type Setup func() (Options, error)

// Command is `realname eval`: it measures the reader on a labelled directory
// and returns the exit code.
//
//	realname eval [--labels labels.csv] [--json] [--out results.csv] [--compare before.csv] [--numbers N] [--names N] DIR...
//
// Without --labels each directory holds its own labels.csv or manifest.csv.
func Command(ctx context.Context, args []string, stdout, stderr io.Writer, setup Setup) int {
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	flags.SetOutput(stderr)
	labels := flags.String("labels", "", "CSV file with the columns file, kind, number, name, issue_date")
	asJSON := flags.Bool("json", false, "print the summary as JSON")
	out := flags.String("out", "", "write a CSV row per picture to this file")
	compare := flags.String("compare", "", "compare with the rows of an earlier run")
	numbers := flags.Int("numbers", 50, "wrong numbers declared per picture")
	names := flags.Int("names", 25, "wrong names declared per picture")
	quiet := flags.Bool("quiet", false, "do not print a line per picture")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if flags.NArg() == 0 || *labels != "" && flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: realname eval [--labels labels.csv] [flags] DIR...; 用法：realname eval [--labels 标注.csv] 图片目录…")
		return exitUsage
	}
	list, err := allLabels(*labels, flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, "eval:", err)
		return exitUsage
	}
	rows, err := measure(ctx, list, *numbers, *names, progress(stderr, *quiet), setup)
	if err == nil {
		err = publish(stdout, rows, *asJSON, *out, *compare)
	}
	if err != nil {
		fmt.Fprintln(stderr, "eval:", err)
		return exitOurs
	}
	return exitDone
}

func progress(w io.Writer, quiet bool) io.Writer {
	if quiet {
		return nil
	}
	return w
}

// allLabels reads the labels of each directory, from the file given or its own.
func allLabels(given string, dirs []string) ([]Label, error) {
	var all []Label
	for _, dir := range dirs {
		path := given
		for _, own := range []string{"labels.csv", "manifest.csv"} {
			if _, err := os.Stat(filepath.Join(dir, own)); path == "" && err == nil {
				path = filepath.Join(dir, own)
			}
		}
		if path == "" {
			return nil, fmt.Errorf("%s holds neither labels.csv nor manifest.csv: give one with --labels", dir)
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open labels: %w", err)
		}
		list, err := ReadLabels(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		for i := range list {
			list[i].Dir = dir
		}
		all = append(all, list...)
	}
	return all, nil
}

// measure runs over all labels.
func measure(ctx context.Context, labels []Label, numbers, names int, progress io.Writer, setup Setup) ([]Row, error) {
	o, err := setup()
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if o.Close != nil {
		defer o.Close()
	}
	r, err := reader.New()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	o.Labels, o.WrongNumbers, o.WrongNames, o.Progress = labels, numbers, names, progress
	return Run(ctx, r, o)
}

// publish prints the summary and writes what was asked for.
func publish(stdout io.Writer, rows []Row, asJSON bool, out, compare string) error {
	summary := Summarise(rows)
	if asJSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		if err := e.Encode(struct {
			Summary Summary `json:"summary"`
			Rows    []Row   `json:"rows"`
		}{summary, rows}); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
	} else {
		summary.Write(stdout)
		if len(summary.Reviews) > 0 {
			writeGroups(stdout, rows)
		}
	}
	if compare != "" {
		if err := compareWith(stdout, compare, rows); err != nil {
			return err
		}
	}
	if out == "" {
		return nil
	}
	f, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("create result file: %w", err)
	}
	return errors.Join(WriteRows(f, rows), f.Close())
}

func compareWith(w io.Writer, path string, rows []Row) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open earlier rows: %w", err)
	}
	defer f.Close()
	before, err := ReadRows(f)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d pictures differ from %s\n", Compare(w, before, rows), path)
	return nil
}
