package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"realname/internal/review"
	"realname/internal/text"
)

// declaredJSON is what a client declares. Dates are texts here, since people
// write them in many ways.
type declaredJSON struct {
	HolderType        review.HolderType     `json:"holder_type"`
	Name              string                `json:"name"`
	CredentialType    review.CredentialType `json:"credential_type"`
	Number            string                `json:"number"`
	IssueDate         string                `json:"issue_date"`
	ExpiryDate        string                `json:"expiry_date"`
	Country           string                `json:"country"`
	LegalPerson       string                `json:"legal_person"`
	HouseholdMove     bool                  `json:"household_move"`
	SpecialOccupation bool                  `json:"special_occupation"`
	Email             string                `json:"email"`
	Language          string                `json:"language"`
}

// submissionJSON is the part named submission.
type submissionJSON struct {
	SubjectRef string       `json:"subject_ref"`
	ExternalID string       `json:"external_id"`
	Profile    string       `json:"profile"`
	Declared   declaredJSON `json:"declared"`
}

// The longest texts that are taken, in characters.
const (
	maxRef    = 255
	maxName   = 300
	maxNumber = 64
	maxMail   = 254
)

// decodeJSON reads one strict JSON object within the limit.
func decodeJSON(r io.Reader, limit int64, into any) error {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return bodyTorn.with("%v", err)
	}
	if int64(len(data)) > limit {
		return jsonLarge.with("%d", limit)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonBroken.with("%s", jsonFault(err))
	}
	if dec.More() {
		return jsonBroken.with("%s", "more than one value")
	}
	return nil
}

// jsonFault says where JSON is wrong without repeating its values.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("byte %d: %s", syntax.Offset, syntax.Error())
	case errors.As(err, &kind):
		return fmt.Sprintf("field %s must be of type %s", kind.Field, kind.Type)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ") // names an unknown field
}

// declared turns what was sent into what is declared. What a review can find
// (a wrong number, a name with spaces) passes; what cannot be reviewed at all
// is a problem.
func (s *Server) declared(j declaredJSON) (review.Declared, error) {
	d := review.Declared{
		HolderType: j.HolderType, Name: j.Name, CredentialType: j.CredentialType, Number: j.Number,
		Country: strings.ToUpper(strings.TrimSpace(j.Country)), LegalPerson: j.LegalPerson,
		HouseholdMove: j.HouseholdMove, SpecialOccupation: j.SpecialOccupation, Email: j.Email, Language: j.Language,
	}
	if err := s.checkDeclared(d); err != nil {
		return d, err
	}
	var err error
	if d.IssueDate, err = date("issue_date", j.IssueDate, nil); err != nil {
		return d, err
	}
	d.ExpiryDate, err = date("expiry_date", j.ExpiryDate, &d.LongTerm)
	return d, err
}

func (s *Server) checkDeclared(d review.Declared) error {
	for _, f := range []struct {
		name, value string
		longest     int
		required    bool
	}{
		{"declared.name", d.Name, maxName, true},
		{"declared.number", d.Number, maxNumber, true},
		{"declared.legal_person", d.LegalPerson, maxName, false},
		{"declared.email", d.Email, maxMail, false},
	} {
		if f.required && strings.TrimSpace(f.value) == "" {
			return fieldMissing.with("%s", f.name)
		}
		if err := checkText(f.name, f.value, f.longest); err != nil {
			return err
		}
	}
	if d.HolderType != review.Individual && d.HolderType != review.Organisation {
		return fieldInvalid.with("declared.holder_type: individual, organisation")
	}
	if d.Language != "" && d.Language != "zh-CN" && d.Language != "en" {
		return fieldInvalid.with("declared.language: zh-CN, en")
	}
	if d.Country != "" && len(d.Country) != 2 {
		return fieldInvalid.with("declared.country: ISO 3166-1 alpha-2 (CN, HK, …)")
	}
	if _, ok := s.Catalogue.Type(d.CredentialType); !ok {
		return typeUnknown.with("%q", shorten(string(d.CredentialType)))
	}
	return nil
}

func checkText(name, value string, longest int) error {
	if n := utf8.RuneCountInString(value); n > longest {
		return fieldLong.with("%s: %d > %d", name, n, longest)
	}
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return fieldInvalid.with("%s: UTF-8", name)
	}
	return nil
}

// date reads a date in any spelling; long is set by 长期 where it may be.
func date(field, value string, long *bool) (review.Date, error) {
	d, isLong, err := text.ParseDate(value)
	if err != nil {
		return d, dateInvalid.with("%s: %q", field, shorten(value))
	}
	if isLong && long == nil {
		return d, dateInvalid.with("%s: %q", field, shorten(value))
	}
	if long != nil {
		*long = isLong
	}
	return d, nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
