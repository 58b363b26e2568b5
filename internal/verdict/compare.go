package verdict

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"realname/internal/review"
)

// MostCases bounds what a report is drawn from: the newest.
const MostCases = 50_000

// Case is one attempt with our outcome and the registry's.
type Case struct {
	Declared review.Declared
	Now      time.Time // of our review
	Ours     review.Outcome
	Passed   bool          // at the registry
	Reason   review.Reason // theirs, when it was understood
}

// Row compares one check of ours with the registry.
type Row struct {
	Check    review.CheckID `json:"check"`
	Agreed   int            `json:"agreed"`    // we refused for it, and so did they
	TooHarsh int            `json:"too_harsh"` // we refused for it, and they passed
}

// Report is what many cases say together. What we refuse seldom reaches a registry,
// so it says little of how right our refusals are, and nothing of limits that ought
// to be stricter, but for those of age.
type Report struct {
	Cases       int `json:"cases"`
	BothPassed  int `json:"both_passed"`
	BothRefused int `json:"both_refused"`
	ByPerson    int `json:"by_person"` // a person decides; counted as neither
	// WePassed counts what they refused and we passed, by their reason.
	WePassed  map[review.Reason]int `json:"we_passed"`
	Checks    []Row                 `json:"checks"`
	Proposals []Proposal            `json:"proposals"`
}

// Compare makes the report.
func Compare(cases []Case) Report {
	r := Report{WePassed: map[review.Reason]int{}, Checks: []Row{}}
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
		default:
			r.ByPerson++
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
