package review

import (
	"errors"
	"slices"
	"time"
)

// Sentinel errors that stores return, wrapped, so that callers need not know
// the store.
var (
	// ErrNotFound: there is no such thing for this tenant. Another tenant's
	// thing is answered the same way.
	ErrNotFound = errors.New("not found")
	// ErrKeyReused: the idempotency key was used before with another body.
	ErrKeyReused = errors.New("idempotency key was used with another body")
	// ErrExternalIDUsed: the tenant has a submission under this external id.
	ErrExternalIDUsed = errors.New("external id is in use")
	// ErrOpenAttempt: the submission's last attempt is not decided yet.
	ErrOpenAttempt = errors.New("the last attempt is not decided yet")
	// ErrSuperseded: another attempt followed the one that was to be corrected.
	ErrSuperseded = errors.New("another attempt followed")
	// ErrFenced: the attempt was taken over meanwhile; nothing was written.
	ErrFenced = errors.New("the lease was lost, nothing was written")
)

// Submission is one registrant's request to be verified for one object. It
// lives through attempts.
type Submission struct {
	ID         string    `json:"id"` // UUIDv7
	Tenant     string    `json:"-"`
	SubjectRef string    `json:"subject_ref"`           // a domain or a registrant template
	ExternalID string    `json:"external_id,omitempty"` // the tenant's own id
	Profile    string    `json:"profile"`               // name of a profile of the rule set
	CreatedAt  time.Time `json:"created_at"`
	HoldAt     time.Time `json:"hold_at,omitzero"`      // when the registry puts the domain on hold
	TimesOutAt time.Time `json:"times_out_at,omitzero"` // when the registry closes a review without an answer
	Attempts   []Attempt `json:"attempts"`              // oldest first
	// ErasedAt is since when its data is erased; zero: it is kept.
	ErasedAt time.Time `json:"-"`
}

// Deadline is the earlier of HoldAt and TimesOutAt; zero when there is neither.
func (s Submission) Deadline() time.Time {
	if s.HoldAt.IsZero() || !s.TimesOutAt.IsZero() && s.TimesOutAt.Before(s.HoldAt) {
		return s.TimesOutAt
	}
	return s.HoldAt
}

// Last is the newest attempt that was not withdrawn: what was taken back says
// nothing about the submission. When all were, it is the newest.
func (s Submission) Last() Attempt {
	for _, a := range slices.Backward(s.Attempts) {
		if a.State != Withdrawn {
			return a
		}
	}
	return s.Attempts[len(s.Attempts)-1]
}

// Attempt is one set of declared facts and documents, reviewed once.
type Attempt struct {
	ID           string     `json:"id"` // UUIDv7
	SubmissionID string     `json:"submission_id"`
	Number       int        `json:"number"` // from 1, without gaps in a submission
	State        State      `json:"state"`
	Declared     Declared   `json:"declared"`
	Documents    []Document `json:"documents"`
	CreatedAt    time.Time  `json:"created_at"`
	DecidedAt    time.Time  `json:"decided_at,omitzero"`
	EligibleAt   time.Time  `json:"eligible_at,omitzero"`
	// Outcome is nil until the attempt is decided or deferred.
	Outcome *Outcome `json:"outcome,omitempty"`
	// Decision is a person's, on top of the outcome; nil when there is none.
	Decision *Decision `json:"decision,omitempty"`
	// ParkedCause says why a person must look, in words for operations.
	ParkedCause string `json:"parked_cause,omitempty"`
	// Bulk: it came in a batch, and waits behind what came alone.
	Bulk bool `json:"-"`
}

// APIKey is a tenant's key as it is known after its secret was hashed.
type APIKey struct {
	ID        string // the public part: rn_<id>_<secret>
	Tenant    string
	Name      string   // what the operator calls it
	Hash      [32]byte // SHA-256 of the secret
	Scopes    []string
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: live
	// LastUsedAt is when it was last used, to the minute; zero: never.
	LastUsedAt time.Time
}
