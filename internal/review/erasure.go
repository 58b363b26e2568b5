package review

import (
	"fmt"
	"slices"
	"time"
)

// Erasure is a wish to erase the data of a person or of submissions that are kept
// long enough, and how far it has come. It holds ids alone.
type Erasure struct {
	ID      string // UUIDv7
	Tenant  string
	Purpose string // one of ErasurePurposes, or RetentionPurpose
	Actor   string // who asked
	AskedAt time.Time
	// FinishedAt is zero while something waits or is held.
	FinishedAt time.Time
	Total      int // submissions, and rows of batches that could not be taken
	Done       int
	Held       int // by a legal hold that was placed after the wish
}

// ErasurePurposes are what for somebody may have data erased. There is no purpose in
// words of one's own: it would name the person who is to be forgotten.
var ErasurePurposes = []string{"person_asks", "consent_withdrawn", "authority_order", "contract_ended", "test_data"}

// RetentionPurpose is that of what was kept long enough.
const RetentionPurpose = "retention"

// ErasurePurpose reports whether somebody may erase for it.
func ErasurePurpose(p string) bool { return slices.Contains(ErasurePurposes, p) }

// Whom says whose data is to be erased: that of everything with one credential
// number, or that of one submission, with Others everything with a number of it.
type Whom struct {
	Submission string
	Others     bool
	Number     string // identity data: it comes from no argument and goes into no log
}

// LegalHold keeps a submission from erasure.
type LegalHold struct {
	Submission string
	Reason     string
	By         string
	At         time.Time
}

// HeldError says that something of a person is under legal hold: nothing is erased.
type HeldError struct {
	LegalHold
	Count int // submissions under hold
}

func (e HeldError) Error() string {
	return fmt.Sprintf("nothing was erased: submission %s is under legal hold since %s (%s); %d of the person's submissions are. Release the hold first, or erase the others one by one",
		e.Submission, e.At.In(Shanghai).Format("2006-01-02"), e.Reason, e.Count)
}

// Retention is how long data is kept after a submission ended.
type Retention struct {
	Type   CredentialType // empty: every type without one of its own
	Ending string         // approved, rejected, asked, withdrawn, row_not_taken
	Days   int
}

// Endings are what a retention counts from. A row that was not taken is one of a batch
// that has no submission; its cells are kept to be mended.
var Endings = []string{"approved", "rejected", "asked", "withdrawn", "row_not_taken"}
