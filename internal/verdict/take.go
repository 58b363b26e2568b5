package verdict

import (
	"context"
	"errors"
	"time"

	"realname/internal/review"
)

// Verdict is what is kept of an answer.
type Verdict struct {
	AttemptID string
	Passed    bool
	Words     string // cleaned
	Reason    review.Reason
	Detail    review.Detail
	At        time.Time // when it was said; zero when that is not known
}

// Keeper finds attempts and keeps verdicts, of one tenant each.
type Keeper interface {
	// DecidedAttempt is the newest attempt of a submission that was decided by then
	// (zero: until now), with what was declared; review.ErrNotFound when there is none.
	DecidedAttempt(ctx context.Context, tenant, subject string, by time.Time) (string, review.Declared, error)
	// PutVerdict keeps a verdict, unless a later one is kept of the same attempt: then
	// it returns false.
	PutVerdict(ctx context.Context, tenant string, v Verdict) (bool, error)
}

// Taken counts what became of answers.
type Taken struct {
	Taken         int `json:"taken"`
	NotUnderstood int `json:"not_understood"` // of them, no pattern fits
	Unknown       int `json:"unknown"`        // about nothing that we had decided by then
	Outdated      int `json:"outdated"`       // a later word about the same attempt is kept
	// UnknownLines and OutdatedLines say which, the first few.
	UnknownLines  []int `json:"unknown_lines,omitempty"`
	OutdatedLines []int `json:"outdated_lines,omitempty"`
}

// MostLines bounds how many lines are named.
const MostLines = 100

func note(n *int, lines *[]int, line int) {
	if *n++; len(*lines) < MostLines {
		*lines = append(*lines, line)
	}
}

// Take keeps answers. To take the same ones again changes nothing, so that what broke
// off half-way is sent again as a whole.
func Take(ctx context.Context, k Keeper, p Patterns, tenant string, list []Answer) (Taken, error) {
	var n Taken
	for _, a := range list {
		id, declared, err := k.DecidedAttempt(ctx, tenant, a.Subject, a.At)
		if errors.Is(err, review.ErrNotFound) {
			note(&n.Unknown, &n.UnknownLines, a.Line)
			continue
		}
		if err != nil {
			return n, err
		}
		v := Verdict{AttemptID: id, Passed: a.Passed, At: a.At}
		if !a.Passed {
			v.Reason, v.Detail, _ = p.Understand(a.Words)
			v.Words = Clean(a.Words, declared)
		}
		kept, err := k.PutVerdict(ctx, tenant, v)
		if err != nil {
			return n, err
		}
		if !kept {
			note(&n.Outdated, &n.OutdatedLines, a.Line)
			continue
		}
		n.Taken++
		if !v.Passed && v.Reason == "" {
			n.NotUnderstood++
		}
	}
	return n, nil
}
