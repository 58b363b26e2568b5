package rules

import (
	"slices"
	"strings"

	"realname/internal/review"
)

// index is what lookups use; it is made once.
type index struct {
	checks   map[review.CheckID]Check
	types    map[review.CredentialType]DocumentType
	profiles map[string]Profile
	reasons  map[review.Reason]ReasonEntry
	details  map[review.Detail]DetailEntry
}

func (s *Set) index() {
	s.by = index{map[review.CheckID]Check{}, map[review.CredentialType]DocumentType{}, map[string]Profile{},
		map[review.Reason]ReasonEntry{}, map[review.Detail]DetailEntry{}}
	for _, c := range s.Checks {
		s.by.checks[c.ID] = c
	}
	for _, t := range s.Types {
		s.by.types[t.Code] = t
	}
	for _, p := range s.Profiles {
		s.by.profiles[p.Name] = p
	}
	for _, r := range s.Reasons {
		s.by.reasons[r.Code] = r
	}
	for _, d := range s.Details {
		s.by.details[d.Code] = d
	}
}

// Check returns a row of the check table.
func (s *Set) Check(id review.CheckID) (Check, bool) { c, ok := s.by.checks[id]; return c, ok }

// Type returns a document type by our code.
func (s *Set) Type(code review.CredentialType) (DocumentType, bool) {
	t, ok := s.by.types[code]
	return t, ok
}

// Profile returns a profile by name.
func (s *Set) Profile(name string) (Profile, bool) { p, ok := s.by.profiles[name]; return p, ok }

// Reason returns an entry of the catalogue.
func (s *Set) Reason(code review.Reason) (ReasonEntry, bool) {
	r, ok := s.by.reasons[code]
	return r, ok
}

// Detail returns an entry of the catalogue.
func (s *Set) Detail(code review.Detail) (DetailEntry, bool) {
	d, ok := s.by.details[code]
	return d, ok
}

// Finding begins a finding of a check with stage, reason and severity from the
// table. An unknown check or detail is a fault of the program; it becomes a
// finding for a person, never a refusal.
func (s *Set) Finding(id review.CheckID, d review.Detail) review.Finding {
	c, ok := s.by.checks[id]
	severity, known := c.Details[d]
	if !ok || !known {
		return review.Finding{Check: id, Detail: d, Severity: review.Manual}
	}
	if severity == "" {
		severity = c.Severity
	}
	return review.Finding{Check: id, Detail: d, Stage: c.Stage, Reason: c.Reason, Severity: severity}
}

// fillAccepted gives profiles of a registrar the types that it has codes for.
func (s *Set) fillAccepted() {
	for i := range s.Profiles {
		p := &s.Profiles[i]
		if p.Registrar == "" || len(p.Accepted) > 0 {
			continue
		}
		for _, t := range s.Types {
			if t.Codes[p.Registrar] != "" {
				p.Accepted = append(p.Accepted, t.Code)
			}
		}
	}
}

// Decide turns findings into an outcome by this set's order of repair.
func (s *Set) Decide(findings []review.Finding) review.Outcome {
	return review.Decide(findings, s.Precedence, s.Version)
}

// TypeNamed finds a document type by what people write in a spreadsheet: our own
// code, the registrar's code (when one is given), its name in either language, or
// the title on the document.
func (s *Set) TypeNamed(word, registrar string) (DocumentType, bool) {
	if code, ok := s.FromRegistrar(registrar, word); ok && registrar != "" {
		return s.Type(code)
	}
	for _, t := range s.Types {
		if word != "" && (strings.EqualFold(string(t.Code), word) || strings.EqualFold(t.Name.EN, word) || t.Name.ZH == word) {
			return t, true
		}
	}
	for _, t := range s.Types {
		if slices.Contains(t.Titles, word) {
			return t, true
		}
	}
	return DocumentType{}, false
}

// FromRegistrar maps a registrar's code to ours. Where several of ours share one
// of theirs, the first of the table is meant.
func (s *Set) FromRegistrar(registrar, code string) (review.CredentialType, bool) {
	for _, t := range s.Types {
		same := func(theirs string) bool { return code != "" && strings.EqualFold(theirs, code) }
		if same(t.Codes[registrar]) || slices.ContainsFunc(t.Aliases[registrar], same) {
			return t.Code, true
		}
	}
	return "", false
}

// ToRegistrar maps our code to a registrar's.
func (s *Set) ToRegistrar(registrar string, code review.CredentialType) (string, bool) {
	theirs, ok := s.by.types[code].Codes[registrar]
	return theirs, ok
}
