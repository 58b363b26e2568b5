package check

import (
	"slices"

	"realname/internal/credential"
	"realname/internal/review"
	"realname/internal/rules"
)

var holderNames = map[review.HolderType]rules.Text{
	review.Individual:   {ZH: "个人", EN: "individual"},
	review.Organisation: {ZH: "组织", EN: "organisation"},
}

// kinds are TYP-01 to TYP-06.
func kinds(s *subject) {
	name := s.typeName(s.Declared.CredentialType)
	accepted := len(s.profile.Accepted) == 0 || slices.Contains(s.profile.Accepted, s.Declared.CredentialType)
	if !s.known || !accepted {
		s.add("TYP-05", "type_not_accepted", on(review.FieldCredentialType), bilingual("type_name", name))
		return
	}
	if !slices.Contains(s.kind.Holders, s.Declared.HolderType) {
		s.add("TYP-01", "holder_type_mismatch", on(review.FieldCredentialType),
			bilingual("type_name", name), bilingual("holder_name", holderNames[s.Declared.HolderType]))
	}
	s.title(name)
	s.creditCode()
	s.residence(name)
}

// title compares the declared type with the title that was read. A type without
// titles of its own cannot be contradicted.
func (s *subject) title(name rules.Text) {
	if len(s.kind.Titles) == 0 {
		return
	}
	for _, d := range s.readings() {
		read := d.Reading.Type
		s.untitled(d, name)
		if read == "" || read == s.Declared.CredentialType || d.Role == review.Supplement {
			continue
		}
		id, detail := review.CheckID("TYP-02"), review.Detail("document_type_mismatch")
		pair := [2]review.CredentialType{s.Declared.CredentialType, read}
		if pair == [2]review.CredentialType{"TYDM", "YYZZ"} || pair == [2]review.CredentialType{"YYZZ", "TYDM"} {
			id, detail = "TYP-03", "licence_vs_uscc_certificate"
		}
		s.add(id, detail, on(review.FieldCredentialType), at(d.Role, d.Reading.Title.Box),
			values(string(s.Declared.CredentialType), string(read)),
			bilingual("type_name", name), bilingual("read_type", s.typeName(read)))
	}
}

// untitled asks a person about a picture that shows the right name or number but
// no title: anybody can write those on a sheet of paper.
func (s *subject) untitled(d review.DocumentFacts, name rules.Text) {
	r := d.Reading
	if r.Type == "" && s.keyRole(d.Role) && (r.Name.Verdict == review.Confirmed || r.Number.Verdict == review.Confirmed) {
		s.add("TYP-02", "title_unconfirmed", on(review.FieldCredentialType), at(d.Role, nil), bilingual("type_name", name))
	}
}

// creditCode asks a mainland organisation for its credit code where the type
// could have come without one.
func (s *subject) creditCode() {
	if s.Declared.HolderType != review.Organisation || !s.Declared.Mainland() || s.kind.Residents == "elsewhere" {
		return
	}
	optional := slices.Contains(s.kind.Numbers, string(credential.USCC)) && s.kind.Numbers[0] != string(credential.USCC)
	if optional && !credential.Valid(credential.USCC, s.Declared.Number) {
		s.add("TYP-04", "uscc_missing", on(review.FieldNumber))
	}
}

// residence asks mainland residents for the ID card, and others for something else.
func (s *subject) residence(name rules.Text) {
	elsewhere := s.kind.Residents == "elsewhere" && s.Declared.Mainland() && s.Declared.Country != ""
	mainland := s.kind.Residents == "mainland" && !s.Declared.Mainland()
	if elsewhere || mainland {
		s.add("TYP-06", "residence_mismatch", on(review.FieldCredentialType), bilingual("type_name", name))
	}
}
