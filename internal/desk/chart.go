package desk

import (
	"time"

	"realname/internal/review"
)

// Spans are the ends of the spans from upload to outcome that are counted, in
// seconds; the last one has no end.
var Spans = []int{5, 30, 120, 600, 3600, 21600, 86400}

// LateAttempt is how far attempts are counted one by one.
const LateAttempt = 4

// Tally is how many outcomes of one kind there were on a day.
type Tally struct {
	Day     time.Time // its begin in Shanghai
	Kind    review.Kind
	Reason  review.Reason
	Attempt int // 1 to LateAttempt, which is that one and later
	Took    int // index into Spans; len(Spans) for longer
	N       int
}

// Cause is one thing that went wrong in many rows of a batch, from one origin.
type Cause struct {
	Detail   review.Detail
	Reason   review.Reason
	Field    review.Field
	Reseller string
	Rows     int
}

// ParkedRow is an attempt that could not be reviewed, and why.
type ParkedRow struct {
	Row
	Cause    string
	ParkedAt time.Time
}

// Share is how many rows of a batch from one reseller came to one end.
type Share struct {
	Reseller string
	Standing Standing
	Reason   review.Reason
	Rows     int
}

// Refused reports whether the rows were, by the review or by a person.
func (s Share) Refused() bool { return s.Standing == Rejected || s.Standing == Asked }

// RowFilter says which rows of a batch are looked for. Its zero value is all.
type RowFilter struct {
	Reseller string
	Standing Standing
	After    int // the last row of the page before
	Limit    int
}

// Faulty is where a row stands that could not be taken; it has no submission.
const Faulty Standing = "faulty"

// BatchRow is one row of a batch and what became of it.
type BatchRow struct {
	Number       int // as a spreadsheet counts
	Reseller     string
	SubmissionID string
	SubjectRef   string
	ExternalID   string
	Standing     Standing
	Reason       review.Reason
	Deadline     time.Time
	Faults       []review.RowFault
}
