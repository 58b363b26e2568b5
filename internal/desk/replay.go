package desk

import (
	"time"

	"realname/internal/review"
)

// The bounds of a replay.
const (
	MaxReplay   = 100_000 // submissions, the oldest of the span first
	ReplayStep  = 200     // submissions of one step
	ReplayFlips = 100     // that are listed one by one
)

// Replay is a report: what the newest outcomes of a tenant's submissions would be
// under other rules. Nothing is changed by it.
type Replay struct {
	ID        string // UUIDv7
	Tenant    string
	By        string // name
	Days      int    // how far back submissions were received
	Overrides string // rules in YAML over those of the service; empty for none
	RuleSet   string // version of both together
	State     string // waiting, running, done, failed
	Reached   string // the submission up to which it has come
	Expected  int    // submissions of the span
	Total     int    // outcomes decided again
	Flips     int    // that would be others
	Report    Report
	CreatedAt time.Time
}

// Open reports whether the replay goes on.
func (r Replay) Open() bool { return r.State == "waiting" || r.State == "running" }

// Report is what a replay found.
type Report struct {
	Seen   int                    `json:"seen"`  // submissions, those without an outcome included
	Moves  map[string]int         `json:"moves"` // "kind reason>kind reason": how many
	Gone   map[review.CheckID]int `json:"gone"`  // findings that would not be made, by check
	New    map[review.CheckID]int `json:"new"`   // findings that would be made
	Listed []Flip                 `json:"listed"`
}

// Flip is one submission whose outcome would be another.
type Flip struct {
	SubmissionID string        `json:"submission_id"`
	Was          review.Kind   `json:"was"`
	WasReason    review.Reason `json:"was_reason"`
	Would        review.Kind   `json:"would"`
	WouldReason  review.Reason `json:"would_reason"`
}

// Decided is a submission's newest outcome with what it was decided by.
type Decided struct {
	SubmissionID string
	Profile      string
	Facts        *review.Facts   // nil when it was not reviewed, or is erased
	Outcome      *review.Outcome // nil while there is none
}
