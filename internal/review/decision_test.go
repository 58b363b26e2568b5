package review

import (
	"reflect"
	"testing"
)

func TestADecisionStandsInPlaceOfTheOutcome(t *testing.T) {
	outcome := &Outcome{Kind: ManualReview, Primary: MaterialUnqualified, RuleSet: "r", Findings: []Finding{
		{Check: "A", Reason: MaterialUnqualified, Severity: Manual},
		{Check: "B", Reason: RegistrantInfoMismatch, Severity: Manual},
		{Check: "C", Severity: Warn},
	}}
	for _, c := range []struct {
		rule     string
		decision *Decision
		want     Outcome
	}{
		{"none: the outcome itself", nil, *outcome},
		{"approved: only the advice is left", &Decision{Verdict: Approve},
			Outcome{Kind: Approved, RuleSet: "r", Findings: []Finding{{Check: "C", Severity: Warn}}}},
		{"rejected: what was given for a reason is to be mended, and a reason that no check found leads",
			&Decision{Verdict: Reject, Reasons: []Reason{MaterialUnclear, RegistrantInfoMismatch}},
			Outcome{Kind: Rejected, Primary: MaterialUnclear, Reasons: []Reason{MaterialUnclear, RegistrantInfoMismatch}, RuleSet: "r",
				Findings: []Finding{{Reason: MaterialUnclear, Severity: Fail}, {Check: "B", Reason: RegistrantInfoMismatch, Severity: Fail}, {Check: "C", Severity: Warn}}}},
	} {
		got := Attempt{Outcome: outcome, Decision: c.decision}.Final()
		if !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", c.rule, *got, c.want)
		}
	}
	if (Attempt{Decision: &Decision{}}).Final() != nil {
		t.Error("an attempt without an outcome has something final")
	}
	if outcome.Findings[0].Severity != Manual {
		t.Error("the outcome was changed")
	}
}
