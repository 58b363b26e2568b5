// Package amend applies one proved correction to all rows of a batch that have the
// same fault and come from one reseller. It shows first what would change; then each
// row becomes the next attempt of its submission, which nobody reviews before the
// grace for second thoughts is over. What a correction is says package mend; how it
// is asked for and shown is the API's and the console's.
package amend

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"realname/internal/mend"
	"realname/internal/review"
	"realname/internal/text"
)

// Batches are the rows and the corrections. What is not the tenant's is
// review.ErrNotFound.
type Batches interface {
	Batch(ctx context.Context, tenant, id string) (review.Batch, error)
	BatchItems(ctx context.Context, tenant, id string, after, limit int) ([]review.BatchItem, error)
	CreateFix(ctx context.Context, actor string, f review.Fix, detail map[string]string) error
	// FixRow is review.ErrSuperseded when the submission went on without the correction.
	FixRow(ctx context.Context, f review.Fix, row int, corrected string, a review.Attempt, notBefore time.Time) error
}

// Submissions finds what became of a row since.
type Submissions interface {
	Submission(ctx context.Context, tenant, id string) (review.Submission, error)
}

// Amend corrects batches.
type Amend struct {
	Batches     Batches
	Submissions Submissions
	NewID       func() string
	Now         func() time.Time
	Grace       time.Duration // in which all can be undone
}

// Ask is one correction over a batch.
type Ask struct {
	Tenant   string
	BatchID  string
	Detail   review.Detail // what it cures
	Reseller string        // whose rows; empty for rows of no reseller
}

// Change is one row as it would be changed.
type Change struct {
	Row         int               `json:"row"`
	ExternalID  string            `json:"external_id,omitempty"`
	Field       review.Field      `json:"field"`
	Differences []text.Difference `json:"differences"` // declared: before, read: after
	SubjectRef  string            `json:"-"`
	corrected   string            // the attempt that is corrected
	attempt     review.Attempt    // the one that follows it
}

// Skip is a row that has the fault and is not changed.
type Skip struct {
	Row  int    `json:"row"`
	Code string `json:"code"` // no_fix, superseded, attempt_open, attempts_spent, attempt_too_soon
}

// Codes are all reasons why a row is not changed.
var Codes = []string{"no_fix", "superseded", "attempt_open", "attempts_spent", "attempt_too_soon"}

// Plan is what would change. Neither list is nil.
type Plan struct {
	Ask
	// Safe: the correction changes how a value is typed, and needs nobody's consent.
	Safe    bool
	Changes []Change
	Skipped []Skip
}

// rowsPage is how many rows one read of the store brings.
const rowsPage = 500

// Propose says what would change, and changes nothing.
func (a Amend) Propose(ctx context.Context, ask Ask) (Plan, error) {
	p := Plan{Ask: ask, Safe: mend.Safe(ask.Detail), Changes: []Change{}, Skipped: []Skip{}}
	if _, err := a.Batches.Batch(ctx, ask.Tenant, ask.BatchID); err != nil {
		return p, err
	}
	for after := 0; ; {
		items, err := a.Batches.BatchItems(ctx, ask.Tenant, ask.BatchID, after, rowsPage)
		if err != nil {
			return p, err
		}
		for _, i := range items {
			after = i.Row
			if i.Reseller != ask.Reseller || i.Outcome == nil || i.Outcome.Kind != review.Rejected {
				continue
			}
			if err := a.add(ctx, i, &p); err != nil {
				return p, err
			}
		}
		if len(items) < rowsPage {
			return p, nil
		}
	}
}

// add adds a row to what would change, when its newest attempt is still the one
// that the batch brought and its correction is proved.
func (a Amend) add(ctx context.Context, i review.BatchItem, p *Plan) error {
	declared, field, ok := mend.Apply(i.Declared, *i.Outcome, p.Detail)
	switch {
	case field == "":
		return nil // it has not this fault
	case !ok:
		p.Skipped = append(p.Skipped, Skip{i.Row, "no_fix"})
		return nil
	}
	sub, err := a.Submissions.Submission(ctx, p.Tenant, i.SubmissionID)
	if err != nil {
		return err
	}
	last := sub.Last()
	if last.ID != i.AttemptID {
		p.Skipped = append(p.Skipped, Skip{i.Row, "superseded"})
		return nil
	}
	next := review.Attempt{ID: a.NewID(), SubmissionID: sub.ID, State: review.Queued, Declared: declared, CreatedAt: a.Now(), Bulk: true}
	next.Documents = last.CarryOver(nil, func(int) string { return a.NewID() })
	before, after := i.Declared.Name, declared.Name
	if field == review.FieldNumber {
		before, after = i.Declared.Number, declared.Number
	}
	p.Changes = append(p.Changes, Change{i.Row, i.ExternalID, field, mend.Few(text.Diff(before, after)), i.SubjectRef, last.ID, next})
	return nil
}

// Apply resubmits the rows one by one, and says which were; what could not be is
// added to the skipped. Until the given instant everything can be undone.
func (a Amend) Apply(ctx context.Context, actor string, p Plan, consent bool) (f review.Fix, done Plan, until time.Time, err error) {
	f = review.Fix{ID: a.NewID(), Tenant: p.Tenant, BatchID: p.BatchID, Detail: p.Detail, Reseller: p.Reseller, CreatedAt: a.Now()}
	detail := map[string]string{"batch": p.BatchID, "detail": string(p.Detail), "rows": strconv.Itoa(len(p.Changes)), "consent": fmt.Sprint(consent)}
	if err := a.Batches.CreateFix(ctx, actor, f, detail); err != nil {
		return f, p, until, err
	}
	until = a.Now().Add(a.Grace)
	done = p
	done.Changes = []Change{}
	for _, c := range p.Changes {
		err := a.Batches.FixRow(ctx, f, c.Row, c.corrected, c.attempt, until)
		switch code := refusal(err); {
		case code != "":
			done.Skipped = append(done.Skipped, Skip{c.Row, code})
		case err != nil:
			return f, done, until, err
		default:
			done.Changes = append(done.Changes, c)
		}
	}
	return f, done, until, nil
}

// refusal names why a submission takes no further attempt; empty for any other
// error.
func refusal(err error) string {
	switch {
	case errors.Is(err, review.ErrSuperseded):
		return "superseded"
	case errors.Is(err, review.ErrOpenAttempt):
		return "attempt_open"
	case errors.Is(err, review.ErrTriesSpent):
		return "attempts_spent"
	case errors.As(err, &review.TooSoonError{}):
		return "attempt_too_soon"
	}
	return ""
}
