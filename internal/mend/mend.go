// Package mend says what is the least that would make a refused attempt pass:
// which characters to replace, which image to send again, what to wait for. It
// reads findings and applies the corrections that they prove; it finds no fault
// itself (package check) and changes nothing that is stored.
package mend

import (
	"slices"
	"strings"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// Kind is what a step asks for.
type Kind string

// The kinds of step.
const (
	Correct Kind = "correct" // the declared value, in the way that Differences says
	Send    Kind = "send"    // the image of Role again
	Wait    Kind = "wait"    // until Until; nothing is to be done
	Follow  Kind = "follow"  // the remedy of Detail: only the registrant can know what is right
)

// Step is one thing to do. Values that identify somebody are not in it, but for
// the characters that differ.
type Step struct {
	Kind        Kind              `json:"kind"`
	Detail      review.Detail     `json:"detail"` // the first finding that asks for it
	Field       review.Field      `json:"field,omitempty"`
	Role        review.Role       `json:"role,omitempty"`
	Until       string            `json:"until,omitempty"` // RFC 3339
	Differences []text.Difference `json:"differences,omitempty"`
	// Safe says that the registrar may do it without the registrant: it changes
	// how a value is typed, not what it says.
	Safe bool `json:"safe"`
	// Text says it in a sentence; empty for Follow, whose words are the catalogue's.
	Text rules.Text `json:"-"`
}

// safe are the details whose correction changes how a value is typed.
var safe = []review.Detail{"name_space", "name_hidden", "name_bracket", "name_middle_dot", "number_space", "number_fullwidth", "number_copy_mark"}

// Safe reports whether a detail's correction needs nobody's consent.
func Safe(d review.Detail) bool { return slices.Contains(safe, d) }

// Steps lists the least that would make the attempt pass, in the order of repair.
// An approved attempt needs none; warnings ask for nothing.
func Steps(o review.Outcome) []Step {
	list := []Step{}
	for _, f := range o.Findings {
		if f.Severity != review.Fail && f.Severity != review.Hold || f.Leads {
			continue // a person looks, nothing is asked, or what it counts is mended by the others
		}
		s := step(o, f)
		if !slices.ContainsFunc(list, s.covers) {
			list = append(list, s)
		}
	}
	return list
}

// covers reports whether doing one step does the other.
func (s Step) covers(other Step) bool {
	return s.Kind == other.Kind && s.Field == other.Field && s.Role == other.Role && s.Until == other.Until && (s.Kind != Follow || s.Detail == other.Detail)
}

func step(o review.Outcome, f review.Finding) Step {
	s := Step{Detail: f.Detail, Field: f.Field}
	value, proved := corrected(o, f.Field)
	switch {
	case f.Severity == review.Hold:
		s.Kind, s.Field, s.Until = Wait, "", f.EligibleAt
	case proved:
		s.Kind, s.Safe = Correct, allSafe(o, f.Field)
		s.Differences = text.Diff(f.Declared, value)
	case f.Evidence.Role != "" && ofImage(f.Check):
		s.Kind, s.Field, s.Role = Send, "", f.Evidence.Role
	default:
		s.Kind = Follow
	}
	s.Text = words(s)
	return s
}

// ofImage reports whether a check judges the image and not what it says.
func ofImage(id review.CheckID) bool {
	return slices.ContainsFunc([]string{"FMT-", "CLR-", "CPL-01", "CPL-02", "CPL-03"}, func(p string) bool { return strings.HasPrefix(string(id), p) })
}

// corrected is the value of a field that cures all its failures at once, when
// each of them proves one.
func corrected(o review.Outcome, field review.Field) (string, bool) {
	value, all := "", true
	for _, f := range o.Findings {
		if f.Field != field || f.Severity != review.Fail {
			continue
		}
		all = all && f.Fix != ""
		if value == "" || !Safe(f.Detail) {
			value = f.Fix
		}
	}
	switch {
	case !all || value == "":
		return "", false
	case field == review.FieldName:
		value = text.MeantName(value)
	case field == review.FieldNumber:
		value = text.MeantNumber(value)
	}
	return value, true
}

func allSafe(o review.Outcome, field review.Field) bool {
	return !slices.ContainsFunc(o.Findings, func(f review.Finding) bool {
		return f.Field == field && f.Severity == review.Fail && !Safe(f.Detail)
	})
}

// Apply returns the declaration with the proved correction for a detail's field,
// and whether there is one.
func Apply(d review.Declared, o review.Outcome, detail review.Detail) (review.Declared, review.Field, bool) {
	i := slices.IndexFunc(o.Findings, func(f review.Finding) bool { return f.Detail == detail && f.Severity == review.Fail })
	if i < 0 {
		return d, "", false
	}
	field := o.Findings[i].Field
	value, ok := corrected(o, field)
	switch {
	case !ok:
		return d, field, false
	case field == review.FieldName && value != d.Name:
		d.Name = value
	case field == review.FieldNumber && value != d.Number:
		d.Number = value
	default:
		return d, field, false
	}
	return d, field, true
}

// MaxShown is how many characters of a name or number may be shown as changed:
// more would show the value itself.
const MaxShown = 3

// Few hides the characters of a value that changes nearly as a whole.
func Few(list []text.Difference) []text.Difference {
	if len(list) > MaxShown {
		for i := range list {
			list[i].Declared, list[i].Read = "", ""
		}
	}
	return list
}
