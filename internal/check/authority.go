package check

import (
	"time"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// authority are AUT-01 to AUT-07 and HIS-03: what the issuing body said, and the
// two cases of which the registrant says beforehand that it cannot confirm them.
// A source that is down or has not answered never rejects. Where its word is only
// advice, everything is a warning; where it is not asked, an answer from before it
// was turned off says nothing.
func authority(s *subject) {
	if s.excused() || s.Authority == nil || s.mode() == rules.AuthorityOff {
		return
	}
	before := len(s.found)
	s.answered(*s.Authority)
	if s.mode() == rules.AuthorityAdvisory {
		soften(s.found[before:])
	}
}

// answered says what the answer means.
func (s *subject) answered(a review.AuthorityAnswer) {
	switch a.Result {
	case review.AuthorityMismatch:
		s.mismatched(a)
	case review.AuthorityNotFound:
		s.add("AUT-02", noRecord[a.Hint == review.HintNotCovered])
	case review.AuthorityRevoked:
		s.add("AUT-05", "entity_revoked")
	case review.AuthorityUnavailable:
		s.silent()
	case review.AuthorityPending:
		if s.mode() == rules.AuthorityRequired {
			s.silent()
		}
		s.overdue(a.AskedAt)
	}
}

var noRecord = map[bool]review.Detail{false: "authority_not_found", true: "authority_not_covered"}

// mismatched is AUT-01 for persons and AUT-07 for organisations, of which the police
// know nothing. A name that two systems may spell with different code points is no
// proof of another holder: somebody compares it by eye.
func (s *subject) mismatched(a review.AuthorityAnswer) {
	rare := len(text.Ambiguous(s.Declared.Name)) > 0
	switch organisation := s.Declared.HolderType == review.Organisation; {
	case organisation && rare:
		s.add("AUT-07", "organisation_mismatch_rare", on(review.FieldName))
	case organisation:
		s.add("AUT-07", organisationMismatch(a.Hint), on(a.Field))
	case rare:
		s.add("AUT-01", "authority_mismatch_rare", on(review.FieldName))
	default:
		s.add("AUT-01", "authority_mismatch", on(a.Field))
	}
}

// organisationMismatch is what is wrong, as far as the source knows.
func organisationMismatch(hint review.AuthorityHint) review.Detail {
	switch hint {
	case review.HintFormerName:
		return "organisation_former_name"
	case review.HintOtherCode:
		return "organisation_other_code"
	}
	return "organisation_mismatch"
}

func (s *subject) mode() rules.AuthorityMode {
	return s.profile.Authority.Mode(s.Declared.CredentialType)
}

// silent is AUT-06: there is no answer, and nobody waits any longer. Where one is
// required a person decides.
func (s *subject) silent() {
	if s.mode() == rules.AuthorityRequired {
		s.add("AUT-06", "authority_silent")
		return
	}
	s.add("AUT-06", "authority_unavailable")
}

func soften(list []review.Finding) {
	for i := range list {
		list[i].Severity = review.Warn
	}
}

// excused are AUT-03 and AUT-04: police data do not confirm an ID card during a
// household move or for some occupations, whatever they answer, unless they do.
func (s *subject) excused() bool {
	confirmed := s.Authority != nil && s.Authority.Result == review.AuthorityMatch
	if s.Declared.CredentialType != "SFZ" || confirmed {
		return false
	}
	if s.Declared.HouseholdMove {
		s.add("AUT-03", "household_transfer")
	}
	if s.Declared.SpecialOccupation {
		s.add("AUT-04", "special_occupation")
	}
	return s.Declared.HouseholdMove || s.Declared.SpecialOccupation
}

// overdue is HIS-03: the profile's days have passed without an answer.
func (s *subject) overdue(asked time.Time) {
	days := s.profile.UpstreamTimeoutDays
	if days > 0 && !s.Now.Before(asked.AddDate(0, 0, days)) {
		s.add("HIS-03", "review_timeout")
	}
}
