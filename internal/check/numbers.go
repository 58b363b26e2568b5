package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"realname/internal/credential"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// numbers are NUM-01 to NUM-11 but for NUM-08 and NUM-10, which need a reading.
// What was typed is judged as it is; a folded value is only proposed.
func numbers(s *subject) {
	if !s.known {
		return
	}
	typed := s.Declared.Number
	folded := text.FoldNumber(typed)
	if rest, found := text.CopyMark(folded); found {
		s.add("NUM-09", "number_copy_mark", on(review.FieldNumber), values(typed, ""), s.proposal(rest))
		folded = rest
	}
	if blanks := append(text.Spaces(typed), text.Hidden(typed)...); len(blanks) > 0 {
		s.add("NUM-03", "number_space", on(review.FieldNumber), values(typed, ""), param("position", slices.Min(blanks)), s.proposal(folded))
	}
	if wide := text.FullWidth(typed); len(wide) > 0 {
		s.add("NUM-04", "number_fullwidth", on(review.FieldNumber), values(typed, ""), param("position", wide[0]), s.proposal(folded))
	}
	s.small(typed, folded)
	s.form(folded)
}

// small tells of small letters in a number that is valid in capitals; in any
// other number its faults are told by themselves.
func (s *subject) small(typed, folded string) {
	i := strings.IndexFunc(typed, func(r rune) bool { return r >= 'a' && r <= 'z' })
	if i < 0 || !s.validUnder(folded) || s.formatOf(folded) == credential.Free {
		return
	}
	got := typed[i : i+1]
	s.add("NUM-02", "number_charset", on(review.FieldNumber), values(typed, ""), param("position", utf8.RuneCountInString(typed[:i])+1),
		param("got", got), bilingual("hint", meant(strings.ToUpper(got))), fix(folded))
}

// validUnder reports whether any of the type's formats takes the value.
func (s *subject) validUnder(value string) bool {
	return slices.ContainsFunc(s.kind.Numbers, func(n string) bool { return credential.Valid(credential.Format(n), value) })
}

// proposal proposes a folded value when it is valid as it stands.
func (s *subject) proposal(value string) option {
	if !s.validUnder(value) {
		return func(*review.Finding) {}
	}
	return fix(value)
}

// form judges length, characters and check digits of the number that is meant.
func (s *subject) form(number string) {
	format := s.formatOf(number)
	if s.oldNumber(format, number) {
		return
	}
	repairs := credential.Repair(format, number)
	for _, x := range credential.Validate(format, number) {
		s.numberFault(x, number, repairs)
	}
	if birth, ok := credential.BirthDate(format, number); ok && credential.Valid(format, number) {
		s.birth(birth)
	}
}

// formatOf is the type's format under which the number is valid, else its first;
// a type that is not known has none.
func (s *subject) formatOf(number string) credential.Format {
	if !s.known {
		return credential.Free
	}
	for _, n := range s.kind.Numbers {
		if credential.Valid(credential.Format(n), number) {
			return credential.Format(n)
		}
	}
	return credential.Format(s.kind.Numbers[0])
}

// oldNumber tells the old 15-digit numbers apart from mere slips.
func (s *subject) oldNumber(format credential.Format, number string) bool {
	var proposal option = func(*review.Finding) {}
	switch {
	case format == credential.ResidentID && credential.Valid(credential.ResidentID15, number):
		if long, err := credential.UpgradeResidentID(number); err == nil {
			proposal = fix(long)
		}
	case format == credential.USCC && credential.Valid(credential.Licence15, number):
	default:
		return false
	}
	s.add("NUM-11", "number_15_digit", on(review.FieldNumber), values(s.Declared.Number, ""), proposal)
	return true
}

// birth refuses birth dates that nobody alive has.
func (s *subject) birth(d review.Date) {
	today := review.DateOf(s.Now)
	if today.Before(d) || today.Year-d.Year > 130 {
		s.add("NUM-07", "number_birth_date", on(review.FieldNumber), values(s.Declared.Number, ""), param("got", d.String()))
	}
}

func (s *subject) numberFault(x credential.Fault, number string, repairs credential.Repairs) {
	base := []option{on(review.FieldNumber), values(s.Declared.Number, "")}
	if repairs.Unique && number == text.FoldNumber(s.Declared.Number) {
		base = append(base, fix(repairs.Candidates[0].Value))
	}
	with := func(more ...option) []option { return append(base[:len(base):len(base)], more...) }
	switch x.Kind {
	case credential.FaultLength:
		s.add("NUM-01", "number_length", with(measured(x.Got, x.Want))...)
	case credential.FaultCharset:
		s.add("NUM-02", "number_charset", with(param("position", x.Position), param("got", x.Got), bilingual("hint", meant(x.Want)))...)
	case credential.FaultCheckDigit:
		s.add("NUM-05", "number_check_digit", with(bilingual("hint", provedBy(repairs)))...)
	case credential.FaultOrganisationCode:
		s.add("NUM-05", "number_organisation_code", base...)
	case credential.FaultRegion:
		s.add("NUM-06", "number_region", with(param("got", x.Got))...)
	case credential.FaultProvince:
		s.add("NUM-06", "number_province", with(param("got", x.Got))...)
	case credential.FaultDepartment:
		s.add("NUM-06", "number_department", with(param("got", x.Got))...)
	case credential.FaultSeries:
		s.add("NUM-06", "number_series", with(param("got", x.Got))...)
	case credential.FaultBirthDate:
		s.add("NUM-07", "number_birth_date", with(param("got", x.Got))...)
	}
}

// meant hints at the character that was surely meant.
func meant(want string) rules.Text {
	if want == "" || len(want) > 1 {
		return rules.Text{}
	}
	return rules.Text{ZH: fmt.Sprintf("很可能是“%s”。", want), EN: fmt.Sprintf("It is most likely %s.", want)}
}

// provedBy says which character the check digits prove to be wrong.
func provedBy(r credential.Repairs) rules.Text {
	if !r.Unique {
		return rules.Text{}
	}
	c := r.Candidates[0]
	switch c.Slip {
	case credential.Substituted:
		want := string([]rune(c.Value)[c.Position-1])
		return rules.Text{ZH: fmt.Sprintf("第 %d 位很可能是“%s”。", c.Position, want), EN: fmt.Sprintf("Position %d is most likely %s.", c.Position, want)}
	case credential.Swapped:
		return rules.Text{ZH: fmt.Sprintf("第 %d、%d 位很可能颠倒了。", c.Position, c.Position+1), EN: fmt.Sprintf("Positions %d and %d most likely changed places.", c.Position, c.Position+1)}
	}
	return rules.Text{}
}

// differences describes where two texts differ, by position only: the values
// themselves identify somebody.
func differences(list []text.Difference) rules.Text {
	var zh, en []string
	for _, d := range list {
		c := className[d.Class]
		switch {
		case d.Class == text.Missing:
			zh, en = append(zh, fmt.Sprintf("证件第 %d 位未填", d.ReadPos)), append(en, fmt.Sprintf("the document's character %d is missing", d.ReadPos))
		case d.DeclaredPos == 0:
			continue
		default:
			zh, en = append(zh, fmt.Sprintf("第 %d 位%s", d.DeclaredPos, c.ZH)), append(en, fmt.Sprintf("character %d%s", d.DeclaredPos, c.EN))
		}
		if len(zh) == 5 && len(list) > 5 {
			zh, en = append(zh, "等"), append(en, "and more")
			break
		}
	}
	return rules.Text{ZH: strings.Join(zh, "，"), EN: strings.Join(en, ", ")}
}

var className = map[text.Class]rules.Text{
	text.Space: {ZH: "是空格", EN: " is a space"}, text.HiddenCh: {ZH: "是不可见字符", EN: " is hidden"},
	text.Width: {ZH: "全半角不同", EN: " has another width"}, text.Bracket: {ZH: "括号全半角不同", EN: " is a bracket of another width"},
	text.LatinCase: {ZH: "大小写不同", EN: " has another case"}, text.Shape: {ZH: "字形相近", EN: " looks alike"},
	text.Sound: {ZH: "读音相同", EN: " sounds alike"}, text.Script: {ZH: "简繁体不同", EN: " is in the other script"},
	text.VariantCh: {ZH: "是异体字", EN: " is a variant"}, text.Private: {ZH: "是自造字", EN: " is a private character"},
	text.RareCh: {ZH: "是生僻字", EN: " is a rare character"}, text.Extra: {ZH: "多出", EN: " is too much"},
	text.Other: {ZH: "不同", EN: " differs"},
}
