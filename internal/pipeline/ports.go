package pipeline

import (
	"context"
	"io"
	"time"

	"realname/internal/authority"
	"realname/internal/review"
)

// Store is where attempts are kept. Every write is fenced by the epoch of the
// claim; a stale one answers review.ErrFenced and changes nothing.
type Store interface {
	// Claim takes a queued attempt for the length of the lease.
	// review.ErrNotFound means that there is nothing to do: it is decided,
	// waiting, parked, not due yet, or in other hands.
	Claim(ctx context.Context, attemptID, worker string, lease time.Duration) (Claim, error)
	// ClaimAsk is Claim for an attempt in the authority's lane.
	ClaimAsk(ctx context.Context, attemptID, worker string, lease time.Duration) (Claim, error)
	// HandOver puts a claim into the authority's lane with what was read so far: in
	// its queue at once, or waiting until the given instant.
	HandOver(ctx context.Context, attemptID string, epoch int64, facts review.Facts, at time.Time) error
	// Extend makes the lease last from now.
	Extend(ctx context.Context, attemptID string, epoch int64, lease time.Duration) error
	// Record writes outcomes, findings and what follows from them in one
	// transaction. The list holds nil or review.ErrFenced for each decision; the
	// error means that nothing was written.
	Record(ctx context.Context, decisions []Decision) ([]error, error)
	// Release gives a claim back after an error of ours, to be tried again after
	// the wait, or parks the attempt when it has failed too often. An empty cause
	// charges it with nothing.
	Release(ctx context.Context, attemptID string, epoch int64, cause string, wait time.Duration) error
}

// Claim is an attempt in this worker's hands.
type Claim struct {
	Tenant  string
	Profile string
	Attempt review.Attempt
	Epoch   int64
	History review.History
	// Deadline is when somebody must have acted; zero when there is none.
	Deadline time.Time
	// Crashes counts earlier claims that ended without a word.
	Crashes int
	// Errors counts earlier tries that ended with an error of ours.
	Errors int
	// Facts are those of the review that deferred the attempt or handed it to the
	// authority's lane; nil when its documents have not been looked at yet.
	Facts *review.Facts
	// Before is what the last decided attempt of the submission showed; nil for
	// the first.
	Before *Before
	// Mailed is whether the registrant is told by mail, so that pictures are of use.
	Mailed bool
}

// Before is a decided attempt with its facts.
type Before struct {
	AttemptID string
	Facts     review.Facts
}

// Decision is the end of one claim.
type Decision struct {
	AttemptID string
	Epoch     int64
	Outcome   review.Outcome
	Facts     review.Facts
	// Pictures are JPEGs for the mail about it, by the index of their finding.
	Pictures map[int][]byte
}

// Blobs reads uploads.
type Blobs interface {
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	// Ping answers with an error when the storage is down for everybody.
	Ping(ctx context.Context) error
}

// Examiner looks at one upload: its bytes, its pixels and what it says. A
// registrant's fault is part of the facts; an error is ours.
type Examiner interface {
	Examine(ctx context.Context, d review.Declared, doc review.Document, data []byte) (review.DocumentFacts, error)
	// Carry returns the facts of an image as an earlier review found them, when a
	// fresh look would find the same: it is the same image, and nothing that it is
	// compared with has changed.
	Carry(before review.Facts, d review.Declared, doc review.Document) (review.DocumentFacts, bool)
}

// Authority asks whoever holds the data that a document is judged against. That
// it cannot be reached is an answer.
type Authority interface {
	Ask(ctx context.Context, q authority.Question) review.AuthorityAnswer
}

// Evidence cuts the picture of a finding out of its document.
type Evidence interface {
	// May reports whether a mail may show the finding's picture: it shows nothing
	// that identifies anybody.
	May(f review.Finding, facts review.Facts) bool
	// Crop returns a small JPEG; an error means that there is none.
	Crop(ctx context.Context, data []byte, e review.Evidence) ([]byte, error)
}

// Checks are the rules over facts.
type Checks interface {
	// Run returns the findings of one stage.
	Run(stage review.StageName, profile string, facts review.Facts) []review.Finding
	// Terms say whether and how long a document's issuing body is asked.
	Terms(profile string, t review.CredentialType) authority.Terms
	// Decide turns all findings into an outcome.
	Decide(findings []review.Finding) review.Outcome
}
