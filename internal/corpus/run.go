package corpus

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"

	"golang.org/x/sync/errgroup"

	"realname/internal/review"
	"realname/internal/specimen"
)

// Judge reviews a case's drawn images, as a worker does, and says what it saw.
type Judge func(ctx context.Context, c Case, images [][]byte) (review.Outcome, review.Facts, error)

// Result is what was said of a case.
type Result struct {
	Case    Case
	Outcome review.Outcome
	Facts   review.Facts
}

// Run draws and judges all cases, so many at once, and returns the results in the
// order of the cases. done is told after each.
func Run(ctx context.Context, cases []Case, parallel int, judge Judge, done func(n int)) ([]Result, error) {
	results := make([]Result, len(cases))
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	var mu sync.Mutex
	finished := 0
	for i, c := range cases {
		if running.Err() != nil {
			break // whoever ends it does not wait for hundreds of pages to be drawn
		}
		g.Go(func() error {
			var err error
			if results[i], err = one(running, c, judge); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			finished++
			done(finished)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return results, err
	}
	return results, ctx.Err()
}

func one(ctx context.Context, c Case, judge Judge) (Result, error) {
	images := make([][]byte, len(c.Images))
	for i, m := range c.Images {
		var err error
		if images[i], err = specimen.Draw(m.Spec); err != nil {
			return Result{}, err
		}
	}
	o, facts, err := judge(ctx, c, images)
	return Result{c, o, facts}, err
}

// Count is how many of some cases were met.
type Count struct{ Met, All int }

// Share is from 0 to 1; 1 of nothing.
func (n Count) Share() float64 {
	if n.All == 0 {
		return 1
	}
	return float64(n.Met) / float64(n.All)
}

// Report sums up results.
type Report struct {
	Clean  Count            // cases that must be approved
	Faulty Count            // cases with a fault to be found
	Kinds  map[string]Count // by kind of document
	Faults map[string]Count
	Fields map[string]Count // by kind of document and field, on faultless pictures
	Misses []Result
}

// Summarise counts.
func Summarise(results []Result) Report {
	r := Report{Kinds: map[string]Count{}, Faults: map[string]Count{}, Fields: map[string]Count{}}
	for _, x := range results {
		met := x.Case.Met(x.Outcome)
		if !met {
			r.Misses = append(r.Misses, x)
		}
		if len(x.Case.Details) == 0 {
			r.Clean = r.Clean.plus(met)
		} else {
			r.Faulty = r.Faulty.plus(met)
		}
		for field, right := range x.fields() {
			key := x.Case.Subject + " " + field
			r.Fields[key] = r.Fields[key].plus(right)
		}
		r.Kinds[x.Case.Subject] = r.Kinds[x.Case.Subject].plus(met)
		r.Faults[x.Case.Fault] = r.Faults[x.Case.Fault].plus(met)
	}
	return r
}

func (n Count) plus(met bool) Count {
	n.All++
	if met {
		n.Met++
	}
	return n
}

// Write prints the tables, and each miss with what was said instead.
func (r Report) Write(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, table := range []map[string]Count{r.Fields, r.Kinds, r.Faults} {
		for _, k := range sorted(table) {
			fmt.Fprintf(t, "%s\t%d/%d\t%.1f%%\n", k, table[k].Met, table[k].All, 100*table[k].Share())
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // as sure as any print
	for _, x := range r.Misses {
		fmt.Fprintf(w, "missed  %s: %s", x.Case.Name, x.Outcome.Kind)
		for _, f := range x.Outcome.Findings {
			fmt.Fprintf(w, " %s(%s)", f.Detail, f.Severity)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "drawn: approved when nothing is wrong %d/%d %.1f%%, fault found %d/%d %.1f%%\n",
		r.Clean.Met, r.Clean.All, 100*r.Clean.Share(), r.Faulty.Met, r.Faulty.All, 100*r.Faulty.Share())
}

// sorted lists the keys of a table, the worst first.
func sorted(table map[string]Count) []string {
	return slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return cmp.Or(cmp.Compare(table[a].Share(), table[b].Share()), cmp.Compare(a, b))
	})
}
