package credential

import (
	"cmp"
	"slices"

	"realname/internal/text"
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

// repairable are the formats whose check digits can prove a value.
var repairable = []Format{USCC, ResidentID, ResidencePermit, ForeignResident, Licence15, OrganisationCode}

// Repair lists what may have been meant by a number that is not valid. Only one
// slip is considered: two leave too much to chance.
func Repair(f Format, number string) Repairs {
	if !slices.Contains(repairable, f) || len(number) > 20 || Valid(f, number) {
		return Repairs{}
	}
	var list []Candidate
	for _, generate := range []func(Format, string) []Candidate{impossibles, substitutions, swaps, insertions, removals} {
		list = append(list, generate(f, number)...)
	}
	list = slices.DeleteFunc(list, func(c Candidate) bool { return !sound(f, c.Value) })
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(likelihood(a), likelihood(b)), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Value, b.Value))
	})
	list = slices.CompactFunc(list, func(a, b Candidate) bool { return a.Value == b.Value })
	return Repairs{list, unique(list)}
}

// sound is stricter than valid: a proposal must have a known region, too.
func sound(f Format, value string) bool { return len(Validate(f, value)) == 0 }

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

// impossibles replaces every character that the format does not have by the one
// that was surely meant: O for 0 all along is one habit, not many slips.
func impossibles(f Format, number string) []Candidate {
	r := []rune(number)
	first := 0
	for _, x := range charset(schemes[f], r) {
		if x.Want == "" {
			return nil
		}
		r[x.Position-1] = []rune(x.Want)[0]
		if first == 0 {
			first = x.Position
		}
	}
	if first == 0 {
		return nil
	}
	return []Candidate{{string(r), Substituted, first, true}}
}

func substitutions(f Format, number string) []Candidate {
	var list []Candidate
	alphabet := schemes[f].alphabet
	r := []rune(number)
	for i, was := range r {
		for _, c := range alphabet(i + 1) {
			if c != was {
				r[i] = c
				list = append(list, Candidate{string(r), Substituted, i + 1, text.Confusable(was, c)})
			}
		}
		r[i] = was
	}
	return list
}

func swaps(_ Format, number string) []Candidate {
	var list []Candidate
	r := []rune(number)
	for i := range len(r) - 1 {
		if r[i] == r[i+1] {
			continue
		}
		s := slices.Clone(r)
		s[i], s[i+1] = s[i+1], s[i]
		list = append(list, Candidate{Value: string(s), Slip: Swapped, Position: i + 1})
	}
	return list
}

func insertions(f Format, number string) []Candidate {
	var list []Candidate
	r := []rune(number)
	for i := range len(r) + 1 {
		for _, c := range schemes[f].alphabet(i + 1) {
			list = append(list, Candidate{Value: string(slices.Insert(slices.Clone(r), i, c)), Slip: MissingOne, Position: i + 1})
		}
	}
	return list
}

func removals(_ Format, number string) []Candidate {
	var list []Candidate
	r := []rune(number)
	for i := range r {
		list = append(list, Candidate{Value: string(slices.Delete(slices.Clone(r), i, i+1)), Slip: ExtraOne, Position: i + 1})
	}
	return list
}
