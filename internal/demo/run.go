package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
)

// Result is what became of an item.
type Result struct {
	Item    Item
	ID      string
	Attempt Attempt
	Took    time.Duration
}

// AsExpected reports whether the outcome is the expected one.
func (r Result) AsExpected() bool {
	o := r.Attempt.Outcome
	if o == nil || o.Kind != r.Item.Want {
		return false
	}
	return r.reason() == r.Item.Reason
}

func (r Result) reason() review.Reason {
	if o := r.Attempt.Outcome; o != nil && o.Primary != nil {
		return o.Primary.Code
	}
	return ""
}

// drawAtOnce bounds how many specimens are drawn and sent at the same time.
const drawAtOnce = 4

// Send sends the items and waits until each has been told.
func Send(ctx context.Context, c Client, r *Receiver, items []Item) ([]Result, error) {
	results := make([]Result, len(items))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(drawAtOnce)
	for i, item := range items {
		g.Go(func() (err error) {
			if results[i], err = send(ctx, c, r, item); err != nil {
				return fmt.Errorf("%s: %w", item.Name, err)
			}
			return nil
		})
	}
	return results, g.Wait()
}

func send(ctx context.Context, c Client, r *Receiver, item Item) (Result, error) {
	result := Result{Item: item}
	image, err := specimen.Draw(item.Specimen)
	if err != nil {
		return result, err
	}
	for n := range max(item.Attempts, 1) {
		start := time.Now()
		declared := item.Declared
		declared.Number = declared.Number[:len(declared.Number)-n] // every try is another one, and no better
		accepted, err := c.Submit(ctx, result.ID, item.Name+".example", declared, item.Specimen.Role, "jpg", image)
		if err != nil {
			return result, err
		}
		result.ID = accepted.ID
		select {
		case <-r.Ended(accepted.AttemptID):
		case <-ctx.Done():
			return result, context.Cause(ctx)
		}
		result.Took = time.Since(start)
	}
	result.Attempt, err = c.Attempt(ctx, result.ID)
	return result, err
}

// Print writes the table and says how many items ended as expected.
func Print(w io.Writer, results []Result) (good int) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ITEM\tOUTCOME\tPRIMARY REASON\tFINDINGS\tMS\t")
	for _, r := range results {
		mark := "ok"
		if r.AsExpected() {
			good++
		} else {
			mark = fmt.Sprintf("EXPECTED %s %s", r.Item.Want, r.Item.Reason)
		}
		kind, findings := string(r.Attempt.State), ""
		if o := r.Attempt.Outcome; o != nil {
			kind, findings = string(o.Kind), summary(*o)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", r.Item.Name, kind, orDash(string(r.reason())), orDash(findings), r.Took.Milliseconds(), mark)
	}
	_ = t.Flush() // the terminal may be gone
	printReasons(w, results)
	return good
}

// printReasons says for each of the eight reasons which items met it, and why.
func printReasons(w io.Writer, results []Result) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "\nREASON\tCODE\tITEMS AND THEIR CAUSE")
	for _, entry := range rules.Default().Reasons {
		if entry.Number == 0 {
			continue
		}
		var causes []string
		for _, r := range results {
			if r.reason() == entry.Code {
				causes = append(causes, r.Item.Name+": "+cause(*r.Attempt.Outcome))
			}
		}
		fmt.Fprintf(t, "%d\t%s\t%s\n", entry.Number, entry.Code, orDash(strings.Join(causes, "; ")))
	}
	_ = t.Flush()
}

// cause is the first finding of the outcome's primary reason.
func cause(o Outcome) string {
	for _, f := range o.Findings {
		if f.Reason == o.Primary.Code {
			return string(f.Check) + " " + string(f.Detail)
		}
	}
	return "-"
}

// summary lists findings; warnings stand in brackets.
func summary(o Outcome) string {
	var list []string
	for _, f := range o.Findings {
		if f.Severity == review.Warn {
			list = append(list, "("+string(f.Detail)+")")
			continue
		}
		list = append(list, string(f.Check)+" "+string(f.Detail))
	}
	return strings.Join(list, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
