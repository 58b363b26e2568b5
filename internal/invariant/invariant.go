// Package invariant asks what must be true of the running system at every
// instant: nothing accepted is lost, nothing is decided twice, nobody is told
// twice or not at all, and no row crosses from one tenant to another. The same
// rules end every test that takes servers down, feed a gauge in production and
// are printed by "realname verify". It reads; mending is a person's work.
package invariant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// DB is a connection or pool that sees all tenants.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Checker asks all rules. What is nil is not asked.
type Checker struct {
	DB DB
	// Outcomes yields what was decided since an instant.
	Outcomes func(ctx context.Context, since time.Time, yield func(id string, o review.Outcome) error) error
	// Decide is the rule set that is in force.
	Decide func([]review.Finding) review.Outcome
	// Blobs is where documents and archives are stored.
	Blobs Blobs
	Now   func() time.Time
	// Settle waits between the two looks of a rule that wants two; nil waits for settling.
	Settle func(ctx context.Context) error
}

// settling is how long the system has to take up what is on its way: the sweep looks
// for what was left lying every two seconds.
const settling = 10 * time.Second

// Result is one rule with what breaks it.
type Result struct {
	ID, Rule string
	Count    int
	Examples []string // ids of at most three
}

// maxExamples bounds what is shown of a violation.
const maxExamples = 3

func (r *Result) add(id string) {
	r.Count++
	if len(r.Examples) < maxExamples {
		r.Examples = append(r.Examples, id)
	}
}

// Run asks every rule about what happened since an instant; the zero time is the
// beginning. An error means that a rule could not be asked.
func (c Checker) Run(ctx context.Context, since time.Time) ([]Result, error) {
	list := make([]Result, 0, len(queries)+3)
	for _, q := range queries {
		r, err := c.ask(ctx, q, since)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if c.Outcomes != nil {
		r, err := c.decided(ctx, since)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if c.Blobs == nil {
		return list, nil
	}
	stored, err := c.stored(ctx, since)
	return append(list, stored...), err
}

func (c Checker) ask(ctx context.Context, q query, since time.Time) (Result, error) {
	r, seen, err := c.look(ctx, q, since, nil)
	if err != nil || r.Count == 0 || !q.lasting {
		return r, err
	}
	if err := c.settle(ctx); err != nil {
		return r, fmt.Errorf("ask %s, %s again: %w", q.id, q.rule, err)
	}
	r, _, err = c.look(ctx, q, since, seen)
	return r, err
}

// maxSeen bounds what a second look looks for.
const maxSeen = 10_000

// look counts the rows that break a rule, of those seen before when there are any; it
// returns the ids of what it saw when a second look is to be had.
func (c Checker) look(ctx context.Context, q query, since time.Time, before []string) (Result, []string, error) {
	shown := maxExamples
	if q.lasting {
		shown = maxSeen
	}
	sql := fmt.Sprintf(`with since as (select $1::timestamptz), broken(id) as (%s)
		select count(*), (array_agg(id))[1:%d] from broken where $2::text[] is null or id = any($2)`, q.sql, shown)
	rows, _ := c.DB.Query(ctx, sql, since, before) // the error comes with the collection
	counted, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[struct {
		Count int
		IDs   []string
	}])
	if err != nil {
		return Result{}, nil, fmt.Errorf("ask %s, %s: %w", q.id, q.rule, err)
	}
	return Result{q.id, q.rule, counted.Count, counted.IDs[:min(len(counted.IDs), maxExamples)]}, counted.IDs, nil
}

func (c Checker) settle(ctx context.Context) error {
	if c.Settle != nil {
		return c.Settle(ctx)
	}
	select {
	case <-time.After(settling):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// decided asks whether each outcome is what the rules make of its findings.
// Outcomes of other rule sets are not judged by this one.
func (c Checker) decided(ctx context.Context, since time.Time) (Result, error) {
	r := Result{ID: "I4", Rule: "an outcome is what the rules decide from its findings"}
	err := c.Outcomes(ctx, since, func(id string, o review.Outcome) error {
		again := c.Decide(o.Findings)
		if again.RuleSet == o.RuleSet && (again.Kind != o.Kind || again.Primary != o.Primary || !again.EligibleAt.Equal(o.EligibleAt)) {
			r.add(id)
		}
		return nil
	})
	return r, err
}

// Violations counts what is broken by the number of its promise; a promise that
// holds is there with 0.
func Violations(list []Result) map[string]int {
	counts := map[string]int{}
	for _, r := range list {
		counts[r.ID] += r.Count
	}
	return counts
}
