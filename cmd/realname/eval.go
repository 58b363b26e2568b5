package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"realname/internal/check"
	"realname/internal/corpus"
	"realname/internal/eval"
	"realname/internal/examine"
	"realname/internal/pipeline"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
)

// evaluate measures the reader on labelled pictures, or whole reviews on drawn ones.
func evaluate(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 && args[0] == "drawn" {
		return evaluateDrawn(ctx, args[1:])
	}
	return eval.Command(ctx, args, os.Stdout, os.Stderr, func() (eval.Options, error) {
		set := rules.Default()
		e, err := examine.New(set, 1, 1<<30)
		if err != nil {
			return eval.Options{}, err
		}
		return eval.Options{Titles: examine.Titles(set), Review: reviewer(e, check.Rules{Set: set}), Close: e.Close}, nil
	}), nil
}

// reviewer reviews one labelled picture as a worker does.
func reviewer(e *examine.Examiner, r check.Rules) eval.Review {
	return func(ctx context.Context, u eval.Upload) (review.Outcome, error) {
		if t, ok := r.Set.Type(u.Declared.CredentialType); ok {
			u.Declared.HolderType = t.Holders[0]
		}
		d, err := e.Examine(ctx, u.Declared, review.Document{Role: u.Role, Extension: u.Extension}, u.Data)
		if err != nil {
			return review.Outcome{}, err
		}
		facts := review.Facts{Now: time.Now(), Declared: u.Declared, Documents: []review.DocumentFacts{d}, Images: true, History: review.History{Attempt: 1}}
		return pipeline.Judge(r, "default", facts), nil
	}
}

// evaluateDrawn reviews the drawn corpus; it fails below the floor.
func evaluateDrawn(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("eval drawn", flag.ContinueOnError)
	n := f.Int("n", 2*corpus.Round(), "how many uploads")
	seed := f.Uint64("seed", 1, "the same seed, number and day give the same uploads")
	clean := f.Float64("clean", 0, "fail when a smaller share of faultless uploads is approved, 0 to 1")
	each := f.Float64("each", 0, "fail when a smaller share is right of any kind of document or any fault, 0 to 1")
	keep := f.String("keep", "", "write the pictures of what was missed into this directory")
	only := f.String("only", "", "of these, only uploads whose names contain this")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	r := check.Rules{Set: rules.Default()}
	parallel := runtime.NumCPU()
	e, err := examine.New(r.Set, parallel, int64(parallel)<<28)
	if err != nil {
		return exitOurs, err
	}
	defer e.Close()
	show := newProgress(os.Stderr)
	cases := slices.DeleteFunc(corpus.Cases(*n, *seed, time.Now()), func(c corpus.Case) bool { return !strings.Contains(c.Name, *only) })
	results, err := corpus.Run(ctx, cases, parallel, judge(e, r), func(done int) { show.cases(done, len(cases)) })
	if err != nil {
		return exitOurs, err
	}
	report := corpus.Summarise(results)
	report.Write(os.Stdout)
	if err := keepMisses(*keep, report.Misses); err != nil {
		return exitOurs, err
	}
	if low := report.Below(corpus.Leasts{Clean: *clean, Each: *each}); len(low) > 0 {
		return exitRejected, fmt.Errorf("below the floor: %s", strings.Join(low, "; "))
	}
	return exitOK, nil
}

// keepMisses draws what was missed again, to be looked at.
func keepMisses(dir string, misses []corpus.Result) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make directory for misses: %w", err)
	}
	for _, m := range misses {
		for i, image := range m.Case.Images {
			data, err := specimen.Draw(image.Spec)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.jpg", m.Case.Name, i)), data, 0o644); err != nil {
				return fmt.Errorf("write a missed picture: %w", err)
			}
		}
	}
	return nil
}

// judge reviews a drawn upload as a worker does.
func judge(e *examine.Examiner, r check.Rules) corpus.Judge {
	return func(ctx context.Context, c corpus.Case, images [][]byte) (review.Outcome, review.Facts, error) {
		facts := review.Facts{Now: time.Now(), Declared: c.Declared, Images: true, History: review.History{Attempt: 1}}
		for i, data := range images {
			d, err := e.Examine(ctx, c.Declared, review.Document{Role: c.Images[i].Role, Extension: "jpg"}, data)
			if err != nil {
				return review.Outcome{}, facts, err
			}
			facts.Documents = append(facts.Documents, d)
		}
		return pipeline.Judge(r, "default", facts), facts, nil
	}
}
