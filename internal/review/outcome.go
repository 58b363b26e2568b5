package review

import "time"

// Kind is how a review ended.
type Kind string

// The kinds of outcome.
const (
	Approved     Kind = "approved"
	Rejected     Kind = "rejected"
	Deferred     Kind = "deferred" // passes by itself at EligibleAt
	ManualReview Kind = "manual_review"
)

// Outcome is the end of one attempt. There is exactly one per attempt and it
// never changes; a manual decision is a new record on top.
type Outcome struct {
	Kind Kind `json:"kind"`
	// Primary is what the registrant must repair first; empty when approved.
	Primary Reason `json:"primary,omitempty"`
	// Reasons are all reasons in the order of repair, the primary first.
	Reasons []Reason `json:"reasons,omitempty"`
	// EligibleAt is when a deferred attempt is taken up again.
	EligibleAt time.Time `json:"eligible_at,omitzero"`
	// Findings are all findings in the order of repair, warnings last.
	Findings []Finding `json:"findings"`
	// RuleSet is the version of checks, thresholds and catalogue.
	RuleSet string `json:"rule_set"`
}

// Precedence orders reasons for repair: what must be mended first comes first.
type Precedence []Reason

func (p Precedence) rank(r Reason) int {
	for i, x := range p {
		if x == r {
			return i
		}
	}
	return len(p)
}
