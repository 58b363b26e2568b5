package check

import (
	"slices"
	"strings"

	"realname/internal/credential"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// consistency compares what was declared with what was read: NUM-08, NUM-10,
// NAM-03 to NAM-06, and HIS-02. Only positive evidence of another value counts.
func consistency(s *subject) {
	s.readNumber()
	s.readName()
	if s.History.OtherNames > 0 {
		s.add("HIS-02", "inconsistent_set", on(review.FieldNumber))
	}
}

func (s *subject) readNumber() {
	r, role := s.verdict(numberOf)
	if r.Verdict != review.Contradicted {
		return
	}
	typed := text.MeantNumber(s.Declared.Number)
	for _, d := range s.readings() {
		if serial := d.Reading.SerialNumber; serial != "" && text.FoldNumber(serial) == typed {
			s.add("NUM-08", "number_is_serial", on(review.FieldNumber), at(role, r.Box), values(s.Declared.Number, r.Read), fix(r.Read))
			return
		}
	}
	format := s.formatOf(r.Read)
	declared, read := credential.Comparable(format, typed), credential.Comparable(format, r.Read)
	if diff := text.Diff(declared, read); diff != nil {
		s.add("NUM-10", "number_differs", on(review.FieldNumber), at(role, r.Box), values(s.Declared.Number, r.Read),
			bilingual("differences", differences(diff)), s.slip(diff, r.Read))
	}
}

// maxSlip is how many places a value of one's own may be mistyped in. A number
// that differs in more is likely another document's, and which of the two is
// wrong only the registrant can say.
const maxSlip = 3

// slip proposes the printed number when the declared one is a slip of it.
func (s *subject) slip(diff []text.Difference, read string) option {
	if len(diff) > maxSlip {
		return func(*review.Finding) {}
	}
	return s.proposal(read)
}

func (s *subject) readName() {
	r, role := s.verdict(nameOf)
	if r.Verdict == review.NotSought && s.legalPerson(text.MeantName(s.Declared.Name)) {
		s.add("NAM-06", "name_is_legal_person", on(review.FieldName), s.atLegalPerson(), values(s.Declared.Name, ""))
		return
	}
	if r.Verdict != review.Contradicted {
		return
	}
	declared, read := text.MeantName(s.Declared.Name), text.MeantName(r.Read)
	diff := text.Diff(declared, read)
	if diff == nil {
		return // how it was typed is told by NAM-01 and NAM-02
	}
	options := []option{on(review.FieldName), at(role, r.Box), values(s.Declared.Name, r.Read), bilingual("differences", differences(diff))}
	id, detail := s.nameKind(declared, read, diff)
	if p := firstPosition(diff); p > 0 {
		options = append(options, param("position", p))
	}
	s.add(id, detail, options...)
}

// nameKind says how a declared name differs, the most telling kind first.
func (s *subject) nameKind(declared, read string, diff []text.Difference) (review.CheckID, review.Detail) {
	switch {
	case s.legalPerson(declared):
		return "NAM-06", "name_is_legal_person"
	case abbreviates(declared, read):
		return "NAM-05", "name_abbreviated"
	case all(diff, text.Script, text.VariantCh):
		return "NAM-04", "name_trad_simp"
	case all(diff, text.Shape):
		return "NAM-04", "name_similar_char"
	case all(diff, text.Sound, text.Shape, text.Script, text.VariantCh):
		return "NAM-04", "name_same_sound"
	}
	return "NAM-03", "name_differs"
}

func (s *subject) legalPerson(declared string) bool {
	if s.Declared.HolderType != review.Organisation {
		return false
	}
	for _, d := range s.readings() {
		if p := d.Reading.LegalPerson; p != "" && text.FoldName(p) == declared {
			return true
		}
	}
	return s.Declared.LegalPerson != "" && text.FoldName(s.Declared.LegalPerson) == declared
}

// atLegalPerson points at the legal representative where that was read.
func (s *subject) atLegalPerson() option {
	for _, d := range s.readings() {
		if d.Reading.LegalPersonBox != nil {
			return at(d.Role, d.Reading.LegalPersonBox)
		}
	}
	return func(*review.Finding) {}
}

// abbreviates reports whether declared is read with some characters left out.
func abbreviates(declared, read string) bool {
	d, rest := []rune(declared), []rune(read)
	if len(d) < 2 || len(d) >= len(rest) {
		return false
	}
	for _, c := range d {
		i := slices.Index(rest, c)
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	return true
}

func all(diff []text.Difference, classes ...text.Class) bool {
	return !slices.ContainsFunc(diff, func(d text.Difference) bool { return !slices.Contains(classes, d.Class) })
}

func firstPosition(diff []text.Difference) int {
	for _, d := range diff {
		if d.DeclaredPos > 0 {
			return d.DeclaredPos
		}
	}
	return 0
}

// imageRules are the families whose findings count towards a row of failures.
var imageRules = []string{"FMT-", "NUM-", "CPL-"}

// repeated is HIS-01: the checklist of reason 4 leads once so many attempts have
// failed in a row, this one included, and one of its own points fails now.
func repeated(facts review.Facts, set *rules.Set, profile rules.Profile, all []review.Finding) []review.Finding {
	count := facts.History.FailedInRow + 1
	if profile.RepeatedAfter == 0 || count < profile.RepeatedAfter {
		return nil
	}
	listed := func(f review.Finding) bool {
		return f.Severity == review.Fail && slices.ContainsFunc(imageRules, func(p string) bool { return strings.HasPrefix(string(f.Check), p) })
	}
	if !slices.ContainsFunc(all, listed) {
		return nil
	}
	s := &subject{Facts: facts, set: set, profile: profile}
	s.add("HIS-01", "repeated_failures", func(f *review.Finding) { f.Leads = true }, param("measured", count))
	return s.found
}
