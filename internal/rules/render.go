package rules

import (
	"strings"

	"realname/internal/review"
	"realname/internal/text"
)

// Render gives a finding's texts with its values filled in. What identifies a
// person is masked; a placeholder without a value is left out.
func (s *Set) Render(f review.Finding, l Lang) Message {
	d, ok := s.by.details[f.Detail]
	if !ok {
		return s.RenderReason(f.Reason, l)
	}
	fill := func(t Text) string { return strings.TrimSpace(placeholder.ReplaceAllStringFunc(t.In(l), value(f, l))) }
	m := Message{Title: fill(d.Title), Explanation: fill(d.Explanation), Remedy: fill(d.Remedy), Operations: fill(d.Operations)}
	if m.Operations == "" {
		m.Operations = m.Explanation
	}
	return m
}

// value looks up a placeholder: the finding's own fields first, then its params;
// a param may have one value a language, named with _zh and _en.
func value(f review.Finding, l Lang) func(string) string {
	suffix := "_zh"
	if l == English {
		suffix = "_en"
	}
	return func(braced string) string {
		name := strings.Trim(braced, "{}")
		switch {
		case name == "measured" && f.Evidence.Measured != "":
			return f.Evidence.Measured
		case name == "limit" && f.Evidence.Limit != "":
			return f.Evidence.Limit
		case name == "declared" || name == "read":
			return text.Mask(map[string]string{"declared": f.Declared, "read": f.Read}[name])
		}
		if v, ok := f.Params[name+suffix]; ok {
			return v
		}
		return f.Params[name]
	}
}

// RenderReason gives a public reason's texts.
func (s *Set) RenderReason(r review.Reason, l Lang) Message {
	e := s.by.reasons[r]
	m := Message{Title: e.Title.In(l), Explanation: e.Explanation.In(l), Remedy: e.Remedy.In(l), Operations: e.Operations.In(l)}
	if m.Operations == "" {
		m.Operations = m.Explanation
	}
	return m
}

// Example is a finding of the detail with the catalogue's example values.
func (s *Set) Example(code review.Detail) review.Finding {
	d := s.by.details[code]
	return review.Finding{Detail: code, Params: d.Example}
}
