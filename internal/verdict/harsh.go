package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"realname/internal/review"
)

// cause is what alone made us refuse.
type cause struct {
	check  review.CheckID
	detail review.Detail
}

// refusal is one that had a single cause, with what was measured there.
type refusal struct {
	passed          bool
	measured, limit float64
	unit            string
	numbers         bool
}

// tooHarsh looks at what we refused for one cause alone: where the registry passed
// more of it than it refused, the limit could be milder, or a person could look.
func tooHarsh(cases []Case) (list []Proposal) {
	groups := map[cause][]refusal{}
	for _, c := range cases {
		if f, ok := alone(c.Ours); ok {
			r := refusal{passed: c.Passed}
			r.measured, r.limit, r.unit, r.numbers = numbersOf(f.Evidence)
			groups[cause{f.Check, f.Detail}] = append(groups[cause{f.Check, f.Detail}], r)
		}
	}
	order := func(a, b cause) int { return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(a.detail, b.detail)) }
	for _, c := range slices.SortedFunc(maps.Keys(groups), order) {
		group := groups[c]
		if len(group) < enough {
			continue
		}
		p, ok := milder(c, group)
		if !ok {
			p, ok = byPerson(c, group)
		}
		if ok {
			list = append(list, p)
		}
	}
	return list
}

// alone is the finding that made us refuse, when there is one kind of it.
func alone(o review.Outcome) (f review.Finding, ok bool) {
	if o.Kind != review.Rejected {
		return f, false
	}
	for _, x := range o.Findings {
		if x.Severity == review.Warn {
			continue
		}
		if x.Severity != review.Fail || ok && (x.Check != f.Check || x.Detail != f.Detail) {
			return f, false
		}
		f, ok = x, true
	}
	return f, ok
}

// numbersOf reads a measured value and its limit, when both are numbers of one unit.
func numbersOf(e review.Evidence) (measured, limit float64, unit string, ok bool) {
	m, unit, ok1 := number(e.Measured)
	l, same, ok2 := number(e.Limit)
	return m, l, unit, ok1 && ok2 && unit == same && m != l
}

func number(s string) (float64, string, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	n := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune("+-.e", r) })
	if n < 0 {
		n = len(s)
	}
	x, err := strconv.ParseFloat(s[:n], 64)
	return x, strings.TrimSpace(s[n:]), err == nil
}

// milder finds the limit at which most more outcomes would be as the registry's than
// otherwise.
func milder(c cause, group []refusal) (Proposal, bool) {
	first := group[0]
	below := first.measured < first.limit // too little is what we refuse
	for _, r := range group {
		if !r.numbers || r.unit != first.unit || r.limit != first.limit || (r.measured < r.limit) != below {
			return Proposal{}, false
		}
	}
	slices.SortFunc(group, func(a, b refusal) int { // the nearest to the limit first
		if below {
			return cmp.Compare(b.measured, a.measured)
		}
		return cmp.Compare(a.measured, b.measured)
	})
	var t, best tally
	var at float64
	for i, r := range group {
		t.add(r.passed)
		last := i+1 == len(group) || group[i+1].measured != r.measured
		if last && t.passed-t.refused > best.passed-best.refused {
			best, at = t, r.measured
		}
	}
	if best.passed == 0 {
		return Proposal{}, false
	}
	return Proposal{Limit: fmt.Sprintf("%s (%s), now %v%s", c.check, c.detail, first.limit, first.unit), Proposed: fmt.Sprintf("%v%s", at, first.unit),
		Cases: len(group), Flips: best.all(), Agree: best.passed, Sure: best.all() >= enough && beyondHalf(best.passed, best.all()),
		Why: "of what it alone refused and would no more " + share("passed", best.passed, best.all())}, true
}

// byPerson is for what has no limit that is a number.
func byPerson(c cause, group []refusal) (Proposal, bool) {
	var t tally
	for _, r := range group {
		t.add(r.passed)
	}
	if t.passed <= t.refused {
		return Proposal{}, false
	}
	return Proposal{Limit: fmt.Sprintf("%s (%s)", c.check, c.detail), Proposed: "manual", Cases: t.all(), Flips: t.all(), Agree: t.passed,
		Sure: beyondHalf(t.passed, t.all()), Why: "of what it alone refused " + share("passed", t.passed, t.all()) + "; a person would look at all of it"}, true
}
