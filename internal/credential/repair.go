package credential

import (
	"cmp"
	"slices"
)

// Slip is how a number went wrong.
type Slip string

// The slips.
const (
	Substituted Slip = "substituted" // one character is another
	MissingOne  Slip = "missing"     // one character was left out
	ExtraOne    Slip = "extra"       // one character too many
	Swapped     Slip = "swapped"     // two neighbours changed places
)

// Candidate is one value that may have been meant.
type Candidate struct {
	Value     string
	Slip      Slip
	Position  int  // of the slip in what was given, from 1
	LookAlike bool // the two characters are easily taken for each other
}

// Repairs are the candidates that every check digit admits, the most likely
// first.
type Repairs struct {
	Candidates []Candidate
	// Unique says that the first candidate is the only one of its likelihood, so
	// that it may be proposed as the value.
	Unique bool
}

// Repair lists what may have been meant by a number that is not valid, under a
// format whose check digits can prove a value. Only one slip is considered: two
// leave too much to chance.
func Repair(f Format, number string) Repairs {
	scheme := schemes[f]
	if scheme.proves == nil || len(number) > maxRepaired || Valid(f, number) {
		return Repairs{}
	}
	runes := []rune(number)
	s := search{format: f, scheme: scheme, number: runes, given: narrow(runes)}
	s.impossibles()
	s.substitutions()
	s.swaps()
	s.insertions()
	s.removals()
	slices.SortStableFunc(s.found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(likelihood(a), likelihood(b)), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Value, b.Value))
	})
	list := slices.CompactFunc(s.found, func(a, b Candidate) bool { return a.Value == b.Value })
	return Repairs{list, unique(list)}
}

// maxRepaired bounds the search, in bytes: the longest repairable number and a little.
const maxRepaired = 20

// likelihood ranks slips: look-alikes before everything, then swapped
// neighbours, then the rest.
func likelihood(c Candidate) int {
	switch {
	case c.LookAlike:
		return 0
	case c.Slip == Swapped:
		return 1
	case c.Slip == Substituted:
		return 3
	}
	return 2
}

func unique(list []Candidate) bool {
	if len(list) == 0 || likelihood(list[0]) > 2 && len(list) > 1 {
		return false
	}
	return len(list) == 1 || likelihood(list[1]) > likelihood(list[0])
}
