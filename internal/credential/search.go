package credential

import "realname/internal/text"

// search tries every value that is one slip away. It works on bytes, in place:
// of several hundred values that are tried only those that a check digit proves
// become text.
type search struct {
	format Format
	scheme scheme
	number []rune // as it was given
	given  []byte // the same, one byte a character
	found  []Candidate
}

// narrow gives one byte a character; what no format has becomes 0.
func narrow(number []rune) []byte {
	b := make([]byte, 0, len(number))
	for _, r := range number {
		if r > 0x7e {
			r = 0
		}
		b = append(b, byte(r))
	}
	return b
}

// try keeps a value that is proved and, stricter than valid, has nothing that
// would warn: a proposal must have a known region, too.
func (s *search) try(value []byte, c Candidate) {
	if !s.scheme.proves(value) {
		return
	}
	c.Value = string(value)
	if len(Validate(s.format, c.Value)) > 0 {
		return
	}
	if c.Slip == Substituted && !c.LookAlike {
		c.LookAlike = text.Confusable(s.number[c.Position-1], rune(value[c.Position-1]))
	}
	s.found = append(s.found, c)
}

// fits reports whether a number of n characters has a length of the format.
func (s *search) fits(n int) bool {
	for _, l := range s.scheme.lengths {
		if l == n {
			return true
		}
	}
	return false
}

// impossibles replaces every character that the format does not have by the one
// that was surely meant: O for 0 all along is one habit, not many slips.
func (s *search) impossibles() {
	value := append([]byte(nil), s.given...)
	first := 0
	for _, x := range charset(s.scheme, s.number) {
		if x.Want == "" {
			return
		}
		value[x.Position-1] = x.Want[0]
		if first == 0 {
			first = x.Position
		}
	}
	if first > 0 {
		s.try(value, Candidate{Slip: Substituted, Position: first, LookAlike: true})
	}
}

func (s *search) substitutions() {
	if !s.fits(len(s.given)) {
		return
	}
	for i, was := range s.given {
		for _, c := range []byte(s.scheme.alphabet(i + 1)) {
			if c != was {
				s.given[i] = c
				s.try(s.given, Candidate{Slip: Substituted, Position: i + 1})
			}
		}
		s.given[i] = was
	}
}

func (s *search) swaps() {
	v := s.given
	for i := range len(v) - 1 {
		if v[i] != v[i+1] {
			v[i], v[i+1] = v[i+1], v[i]
			s.try(v, Candidate{Slip: Swapped, Position: i + 1})
			v[i], v[i+1] = v[i+1], v[i]
		}
	}
}

func (s *search) insertions() {
	if !s.fits(len(s.given) + 1) {
		return
	}
	value := make([]byte, len(s.given)+1)
	for i := range value {
		copy(value, s.given[:i])
		copy(value[i+1:], s.given[i:])
		for _, c := range []byte(s.scheme.alphabet(i + 1)) {
			value[i] = c
			s.try(value, Candidate{Slip: MissingOne, Position: i + 1})
		}
	}
}

func (s *search) removals() {
	if !s.fits(len(s.given) - 1) {
		return
	}
	value := make([]byte, len(s.given)-1)
	for i := range s.given {
		copy(value, s.given[:i])
		copy(value[i:], s.given[i+1:])
		s.try(value, Candidate{Slip: ExtraOne, Position: i + 1})
	}
}
