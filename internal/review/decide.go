package review

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Decide turns findings into one outcome. It is pure: the order of the findings
// does not matter, more failures never approve, warnings never reject.
//
// Any failure rejects. Else anything that a person must look at goes to manual
// review. Else a hold defers until the latest of the holds ends. Else the
// attempt is approved.
func Decide(findings []Finding, order Precedence, ruleSet string) Outcome {
	sorted := repairOrder(findings, order)
	out := Outcome{Kind: Approved, Findings: sorted, RuleSet: ruleSet}
	switch worst(sorted) {
	case Fail:
		out.Kind = Rejected
		out.Reasons = reasons(sorted, order, Fail, Hold, Manual)
	case Manual:
		out.Kind = ManualReview
		out.Reasons = reasons(sorted, order, Manual, Hold)
	case Hold:
		out.Kind = Deferred
		out.Reasons = reasons(sorted, order, Hold)
		out.EligibleAt = latestHold(sorted)
	}
	out.Reasons = leadersFirst(out.Reasons, sorted)
	if len(out.Reasons) > 0 {
		out.Primary = out.Reasons[0]
	}
	return out
}

// leadersFirst moves the reasons of leading findings to the front.
func leadersFirst(list []Reason, findings []Finding) []Reason {
	leads := func(r Reason) bool {
		return slices.ContainsFunc(findings, func(f Finding) bool { return f.Leads && f.Reason == r })
	}
	slices.SortStableFunc(list, func(a, b Reason) int {
		switch {
		case leads(a) && !leads(b):
			return -1
		case leads(b) && !leads(a):
			return 1
		}
		return 0
	})
	return list
}

func worst(findings []Finding) Severity {
	for _, s := range []Severity{Fail, Manual, Hold} {
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == s }) {
			return s
		}
	}
	return Warn
}

// reasons lists the reasons of the given severities, those of the first
// severity before the rest, each group in the order of repair.
func reasons(findings []Finding, order Precedence, severities ...Severity) []Reason {
	var all []Reason
	for _, s := range severities {
		var group []Reason
		for _, f := range findings {
			if f.Severity == s && f.Reason != "" && !slices.Contains(all, f.Reason) && !slices.Contains(group, f.Reason) {
				group = append(group, f.Reason)
			}
		}
		slices.SortFunc(group, func(a, b Reason) int {
			return cmp.Or(cmp.Compare(order.rank(a), order.rank(b)), cmp.Compare(a, b))
		})
		all = append(all, group...)
	}
	return all
}

func latestHold(findings []Finding) time.Time {
	var last time.Time
	for _, f := range findings {
		if t, err := time.Parse(time.RFC3339, f.EligibleAt); err == nil && f.Severity == Hold && t.After(last) {
			last = t
		}
	}
	return last
}

var severityRank = map[Severity]int{Fail: 0, Manual: 1, Hold: 2, Warn: 3}

// repairOrder sorts by severity, then by the reason's place in the order of
// repair, then by check; ties are broken by the whole finding, so that any
// permutation gives the same bytes.
func repairOrder(findings []Finding, order Precedence) []Finding {
	type keyed struct {
		Finding
		bytes []byte
	}
	list := make([]keyed, len(findings))
	for i, f := range findings {
		b, _ := json.Marshal(f) // strings and maps of strings always marshal
		list[i] = keyed{f, b}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		return cmp.Or(
			cmp.Compare(severityRank[a.Severity], severityRank[b.Severity]),
			cmp.Compare(order.rank(a.Reason), order.rank(b.Reason)),
			cmp.Compare(a.Check, b.Check),
			slices.Compare(a.bytes, b.bytes),
		)
	})
	out := make([]Finding, len(list))
	for i, k := range list {
		out[i] = k.Finding
	}
	return out
}
