package verdict

import (
	"cmp"
	"maps"
	"slices"

	"realname/internal/review"
)

// Case is one attempt with our outcome and the registry's.
type Case struct {
	Facts  review.Facts
	Ours   review.Outcome
	Passed bool          // at the registry
	Reason review.Reason // theirs, when it was understood
}

// Row compares one check of ours with the registry.
type Row struct {
	Check    review.CheckID
	Agreed   int // we refused for it, and so did they
	TooHarsh int // we refused for it, and they passed
}

// Report is what many cases say together.
type Report struct {
	Cases, BothPassed, BothRefused int
	// WePassed counts what they refused and we passed, by their reason.
	WePassed  map[review.Reason]int
	Checks    []Row
	Proposals []string
}

// enough is how many cases a proposal needs.
const enough = 20

// Compare makes the report. Of what a person decides we have no word yet, so it is
// counted as neither.
func Compare(cases []Case) Report {
	r := Report{WePassed: map[review.Reason]int{}}
	rows := map[review.CheckID]*Row{}
	for _, c := range cases {
		r.Cases++
		switch {
		case c.Ours.Kind == review.Approved && c.Passed:
			r.BothPassed++
		case c.Ours.Kind == review.Approved:
			r.WePassed[c.Reason]++
		case c.Ours.Kind == review.Rejected:
			if !c.Passed {
				r.BothRefused++
			}
			byCheck(rows, c)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		r.Checks = append(r.Checks, *rows[id])
	}
	slices.SortStableFunc(r.Checks, func(a, b Row) int { return cmp.Compare(b.TooHarsh, a.TooHarsh) })
	r.Proposals = proposals(cases)
	return r
}

func byCheck(rows map[review.CheckID]*Row, c Case) {
	seen := map[review.CheckID]bool{}
	for _, f := range c.Ours.Findings {
		if f.Severity != review.Fail || seen[f.Check] {
			continue
		}
		seen[f.Check] = true
		if rows[f.Check] == nil {
			rows[f.Check] = &Row{Check: f.Check}
		}
		if c.Passed {
			rows[f.Check].TooHarsh++
		} else {
			rows[f.Check].Agreed++
		}
	}
}
