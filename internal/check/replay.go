package check

import "realname/internal/review"

// Flip says how an attempt would end under other rules.
type Flip struct {
	Was, Would review.Outcome
	Gone, New  []review.CheckID // checks whose findings are gone or new, warnings included
}

// Replay decides the facts of an earlier review again, at the clock of then. It
// returns nil when kind and primary reason stay.
func (r Rules) Replay(profile string, facts review.Facts, was review.Outcome) *Flip {
	would := r.Review(profile, facts)
	if would.Kind == was.Kind && would.Primary == was.Primary {
		return nil
	}
	return &Flip{Was: was, Would: would, Gone: missing(was, would), New: missing(would, was)}
}

// missing lists the checks of a that b has no finding of.
func missing(a, b review.Outcome) []review.CheckID {
	has := map[review.CheckID]bool{}
	for _, f := range b.Findings {
		has[f.Check] = true
	}
	var list []review.CheckID
	for _, f := range a.Findings {
		if !has[f.Check] {
			has[f.Check] = true
			list = append(list, f.Check)
		}
	}
	return list
}
