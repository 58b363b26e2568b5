package review

import (
	"slices"
	"time"
)

// Ruling is what a person decided in manual review.
type Ruling string

// The rulings.
const (
	Approve Ruling = "approve"
	Reject  Ruling = "reject"
	Ask     Ruling = "ask" // the registrant is to send more
)

// Decision is a person's word on top of an outcome, which stays as it was.
type Decision struct {
	Verdict Ruling    `json:"verdict"`
	Reasons []Reason  `json:"reasons,omitempty"` // of the catalogue, the primary first
	At      time.Time `json:"decided_at"`
}

// Final is what counts of an attempt: its outcome, with the decision of a person
// in its place where there is one. What the person gave for a reason is then to be
// mended; what else was found stays as advice.
func (a Attempt) Final() *Outcome {
	if a.Outcome == nil || a.Decision == nil {
		return a.Outcome
	}
	o := Outcome{Kind: Approved, RuleSet: a.Outcome.RuleSet, Findings: []Finding{}}
	if a.Decision.Verdict != Approve {
		o.Kind, o.Reasons = Rejected, a.Decision.Reasons
	}
	if len(o.Reasons) > 0 {
		o.Primary = o.Reasons[0]
	}
	told := map[Reason]bool{}
	for _, f := range a.Outcome.Findings {
		if slices.Contains(o.Reasons, f.Reason) {
			f.Severity, told[f.Reason] = Fail, true
		} else if f.Severity != Warn {
			continue // the person saw it and thought otherwise
		}
		o.Findings = append(o.Findings, f)
	}
	for _, r := range slices.Backward(o.Reasons) {
		if !told[r] { // what no check had found
			o.Findings = slices.Insert(o.Findings, 0, Finding{Reason: r, Severity: Fail})
		}
	}
	return &o
}
