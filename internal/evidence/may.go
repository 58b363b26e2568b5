package evidence

import (
	"slices"

	"realname/internal/review"
)

// What a mail may show is named here, and nothing else is shown: a printed date of
// issue, foundation or expiry, which the mail says in words as well. A name, a
// number, an address, a day of birth or a face identifies somebody; what glare, a
// stamp or a watermark covers may be any of them; and of a whole page nobody can say
// what it shows.
var (
	fields = []review.Field{review.FieldIssueDate, review.FieldExpiryDate}
	roles  = []review.Role{review.Licence, review.EmblemSide} // no other side prints these dates and no day of birth
)

const (
	tallest = 12 // a date is printed on less than this part of the page's height
	largest = 6  // and of its area
)

// May reports whether a mail may show the box of a finding. The facts are those of
// the review that found it: on a page whose title was not read, and over a place
// where anything that identifies somebody was found or looked for, it may not.
func (Cutter) May(f review.Finding, facts review.Facts) bool {
	e := f.Evidence
	if e.Box == nil || !slices.Contains(fields, f.Field) || !slices.Contains(roles, e.Role) {
		return false
	}
	if tallest*e.Box.H > e.Height || largest*e.Box.W*e.Box.H > e.Width*e.Height {
		return false
	}
	i := slices.IndexFunc(facts.Documents, func(d review.DocumentFacts) bool { return d.Role == e.Role })
	if i < 0 || facts.Documents[i].Reading == nil {
		return false
	}
	r := facts.Documents[i].Reading
	if r.Title.Verdict != review.Confirmed {
		return false
	}
	return !slices.ContainsFunc([]*review.Box{r.Name.Box, r.Number.Box, r.LegalPersonBox}, func(b *review.Box) bool { return b != nil && near(*e.Box, *b) })
}

// near reports whether two boxes touch, or would with half a line between them.
func near(a, b review.Box) bool {
	gap := a.H / 2
	return b.X < a.X+a.W+gap && a.X-gap < b.X+b.W && b.Y < a.Y+a.H+gap/2 && a.Y-gap/2 < b.Y+b.H
}
