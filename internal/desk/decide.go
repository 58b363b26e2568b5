package desk

import (
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"realname/internal/review"
)

// ClaimLife is how long somebody keeps an attempt that they look at to themselves.
const ClaimLife = 15 * time.Minute

// RevealLife is how long somebody sees a submission's images and whole numbers.
const RevealLife = 15 * time.Minute

// Purposes are what for somebody may see images and whole numbers.
var Purposes = []string{"review", "registrant_asks", "complaint", "authority_request", "security"}

// PurposeManual is the purpose of whoever takes an attempt out of the queue.
const PurposeManual = "manual_review"

// maxNote bounds a note, in characters.
const maxNote = 500

// Decision is what a person decides about an attempt in manual review.
type Decision struct {
	ID        string // UUIDv7
	AttemptID string
	Verdict   review.Ruling
	Reasons   []review.Reason // the primary first; none for an approval
	Note      string
}

// What a decision may lack.
var (
	ErrNoReason = errors.New("a decision against the registrant names at least one reason")
	ErrVerdict  = errors.New("a verdict is approve, reject or ask")
	ErrNote     = errors.New("a note has at most 500 characters")
)

// Check asks whether the decision is whole. The reasons must be of the catalogue.
func (d Decision) Check(catalogue []review.Reason) error {
	switch {
	case d.Verdict != review.Approve && d.Verdict != review.Reject && d.Verdict != review.Ask:
		return ErrVerdict
	case utf8.RuneCountInString(d.Note) > maxNote:
		return ErrNote
	case d.Verdict == review.Approve:
		if len(d.Reasons) > 0 {
			return ErrVerdict
		}
		return nil
	case len(d.Reasons) == 0 || slices.ContainsFunc(d.Reasons, func(r review.Reason) bool { return !slices.Contains(catalogue, r) }):
		return ErrNoReason
	}
	return nil
}

// Same reports whether two people decided the same.
func (d Decision) Same(verdict review.Ruling, reasons []review.Reason) bool {
	return d.Verdict == verdict && slices.Equal(d.Reasons, reasons)
}

// Proposal is a decision that waits for a second person.
type Proposal struct {
	Verdict review.Ruling
	Reasons []review.Reason
	Note    string
	By      string // name
	ByID    string
	At      time.Time
}

// QueueRow is one attempt that waits for a person.
type QueueRow struct {
	Row
	ClaimedBy string // name of who looks at it; empty for nobody
	Proposed  bool   // one person has decided, a second one is asked
}

// Desk is what a person has before them: an attempt that they took.
type Desk struct {
	SubmissionID string
	AttemptID    string
	Until        time.Time
	Proposal     *Proposal
}

// Picture is a document that somebody may see.
type Picture struct {
	review.Document
	SubmissionID string
	AttemptID    string
}
