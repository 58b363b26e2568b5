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
	fill := func(t Text) string {
		return strings.TrimSpace(placeholder.ReplaceAllStringFunc(t.In(l), func(braced string) string {
			name := strings.Trim(braced, "{}")
			return d.Params[name].show(value(f, name, l), l)
		}))
	}
	return Message{Title: fill(d.Title), Explanation: fill(d.Explanation), Remedy: fill(d.Remedy), Operations: fill(d.Operations)}
}

// value looks up a placeholder: identity data masked, then the params (one may
// have a value a language, named with _zh and _en), then the finding's own
// fields of the name.
func value(f review.Finding, name string, l Lang) string {
	switch name {
	case "declared":
		return text.Mask(f.Declared)
	case "read":
		return text.Mask(f.Read)
	}
	for _, key := range []string{name + l.pick("_zh", "_en"), name} {
		if v, ok := f.Params[key]; ok {
			return v
		}
	}
	switch name {
	case "measured":
		return f.Evidence.Measured
	case "limit":
		return f.Evidence.Limit
	case "eligible_at":
		return f.EligibleAt
	}
	return ""
}

// RenderReason gives a public reason's texts.
func (s *Set) RenderReason(r review.Reason, l Lang) Message {
	e := s.by.reasons[r]
	return Message{Title: e.Title.In(l), Explanation: e.Explanation.In(l), Remedy: e.Remedy.In(l), Operations: e.Operations.In(l)}
}

// Example is a finding of the detail with the catalogue's example values.
func (s *Set) Example(code review.Detail) review.Finding {
	return review.Finding{Detail: code, Params: s.by.details[code].Example}
}
