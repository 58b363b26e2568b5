package rules

import "realname/internal/review"

// Listing is a public reason with everything that can lead to it.
type Listing struct {
	Code        review.Reason   `json:"code"`
	Number      int             `json:"number,omitempty"`
	Heading     string          `json:"heading,omitempty"`
	Title       map[Lang]string `json:"title"`
	Explanation map[Lang]string `json:"explanation"`
	Remedy      map[Lang]string `json:"remedy"`
	Operations  map[Lang]string `json:"operations"` // what the registrar's staff should know
	Checks      []ListedCheck   `json:"checks"`
}

// ListedCheck is a check under a reason with its details.
type ListedCheck struct {
	ID       review.CheckID   `json:"id"`
	Stage    review.StageName `json:"stage"`
	Severity review.Severity  `json:"severity"`
	Also     []review.Reason  `json:"also,omitempty"` // further reasons under which registrars list it
	Title    map[Lang]string  `json:"title"`
	Source   string           `json:"source"`
	Conflict string           `json:"conflict,omitempty"`
	Details  []ListedDetail   `json:"details"`
}

// ListedDetail is a detail code with its texts filled with example values.
type ListedDetail struct {
	Code       review.Detail   `json:"code"`
	Severity   review.Severity `json:"severity"`
	Title      map[Lang]string `json:"title"`
	Example    map[Lang]string `json:"example"`
	Remedy     map[Lang]string `json:"remedy"`
	Operations map[Lang]string `json:"operations"`
}

// Listing lists the catalogue: the eight reasons in their order, then the
// extensions, each with its checks.
func (s *Set) Listing() []Listing {
	list := make([]Listing, 0, len(s.Reasons))
	for _, r := range s.Reasons {
		l := Listing{
			Code: r.Code, Number: r.Number, Heading: r.Heading, Title: byLang(r.Title),
			Explanation: byLang(r.Explanation), Remedy: byLang(r.Remedy), Operations: byLang(r.Operations), Checks: []ListedCheck{},
		}
		for _, c := range s.Checks {
			if c.Reason == r.Code {
				l.Checks = append(l.Checks, s.listCheck(c))
			}
		}
		list = append(list, l)
	}
	return list
}

func (s *Set) listCheck(c Check) ListedCheck {
	l := ListedCheck{ID: c.ID, Stage: c.Stage, Severity: c.Severity, Also: c.Also, Title: byLang(c.Title), Source: c.Source, Conflict: c.Conflict}
	for _, d := range s.Details { // in the catalogue's order
		severity, ok := c.Details[d.Code]
		if !ok {
			continue
		}
		if severity == "" {
			severity = c.Severity
		}
		zh, en := s.Render(s.Example(d.Code), Chinese), s.Render(s.Example(d.Code), English)
		l.Details = append(l.Details, ListedDetail{
			Code: d.Code, Severity: severity, Title: map[Lang]string{Chinese: zh.Title, English: en.Title},
			Example:    map[Lang]string{Chinese: zh.Explanation, English: en.Explanation},
			Remedy:     map[Lang]string{Chinese: zh.Remedy, English: en.Remedy},
			Operations: map[Lang]string{Chinese: zh.Operations, English: en.Operations},
		})
	}
	return l
}

func byLang(t Text) map[Lang]string { return map[Lang]string{Chinese: t.ZH, English: t.EN} }
