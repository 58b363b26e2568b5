// Package chain compares two attempts of one submission: what was changed, field
// by field and character by character, and what became of the findings. It only
// compares; whether a change is right is for the checks.
package chain

import (
	"slices"

	"realname/internal/review"
	"realname/internal/text"
)

// Changes is what one attempt has that the attempt before had not.
type Changes struct {
	Fields    []Field           `json:"fields"`    // declared fields that differ
	Documents []review.Role     `json:"documents"` // roles whose image is another one, or new, or gone
	Findings  map[string][]Item `json:"findings"`  // cured, remaining and new, once both are decided
}

// Field is one declared field that was changed.
type Field struct {
	Field       review.Field      `json:"field"`
	Differences []text.Difference `json:"differences"` // declared: before, read: after
}

// Item names a finding, whatever its values.
type Item struct {
	Check  review.CheckID `json:"check"`
	Detail review.Detail  `json:"detail"`
	Field  review.Field   `json:"field,omitempty"`
}

// Compare says what changed from one attempt to the next.
func Compare(before, after review.Attempt) Changes {
	c := Changes{Fields: fields(before.Declared, after.Declared), Documents: documents(before.Documents, after.Documents)}
	if before.Outcome != nil && after.Outcome != nil {
		c.Findings = findings(*before.Outcome, *after.Outcome)
	}
	return c
}

func fields(a, b review.Declared) []Field {
	list := []Field{}
	for _, f := range []struct {
		field         review.Field
		before, after string
	}{
		{review.FieldName, a.Name, b.Name},
		{review.FieldNumber, a.Number, b.Number},
		{review.FieldCredentialType, string(a.CredentialType), string(b.CredentialType)},
		{review.FieldIssueDate, a.IssueDate.String(), b.IssueDate.String()},
		{review.FieldExpiryDate, expiry(a), expiry(b)},
		{review.FieldHolderType, string(a.HolderType), string(b.HolderType)},
		{review.FieldCountry, a.Country, b.Country},
	} {
		if f.before != f.after {
			list = append(list, Field{f.field, text.Diff(f.before, f.after)})
		}
	}
	return list
}

func expiry(d review.Declared) string {
	if d.LongTerm {
		return "长期"
	}
	return d.ExpiryDate.String()
}

func documents(a, b []review.Document) []review.Role {
	list := []review.Role{}
	without := func(in, from []review.Document) {
		for _, d := range in {
			same := slices.ContainsFunc(from, func(x review.Document) bool { return x.Role == d.Role && x.SHA256 == d.SHA256 })
			if !same && !slices.Contains(list, d.Role) {
				list = append(list, d.Role)
			}
		}
	}
	without(b, a)
	without(a, b)
	return list
}

// findings sorts into cured, remaining and new; warnings count, too.
func findings(before, after review.Outcome) map[string][]Item {
	m := map[string][]Item{"cured": {}, "remaining": {}, "new": {}}
	was, is := items(before), items(after)
	for _, i := range was {
		if !slices.Contains(is, i) {
			m["cured"] = append(m["cured"], i)
		}
	}
	for _, i := range is {
		key := "new"
		if slices.Contains(was, i) {
			key = "remaining"
		}
		m[key] = append(m[key], i)
	}
	return m
}

func items(o review.Outcome) []Item {
	var list []Item
	for _, f := range o.Findings {
		if i := (Item{f.Check, f.Detail, f.Field}); !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}
