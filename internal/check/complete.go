package check

import (
	"slices"

	"realname/internal/review"
	"realname/internal/rules"
)

// completeness are CPL-01 to CPL-06.
func completeness(s *subject) {
	if !s.Images {
		return
	}
	s.pages()
	for _, d := range s.Documents {
		if d.Picture == nil || d.Role == review.Supplement {
			continue
		}
		s.border(d)
		if d.Reading != nil && d.Reading.Second != nil {
			s.add("CPL-06", "several_documents", on(review.FieldDocument), at(d.Role, d.Reading.Second))
		}
		copied := d.File.Colours == 1 || d.Picture.Colour == review.No // that it has no colour is told already
		if s.kind.Emblem && s.keyRole(d.Role) && !copied {
			s.emblem(d)
		}
		if s.kind.Seal && d.Picture.Seal == review.No {
			s.add("CPL-03", "seal_missing", on(review.FieldDocument), at(d.Role, d.Picture.SealBox))
		}
	}
}

// emblem asks a person where the emblem is not found, or runs off the picture.
func (s *subject) emblem(d review.DocumentFacts) {
	p, most := d.Picture, s.set.Limits.EmblemCut
	switch {
	case p.Emblem == review.No:
		s.add("CPL-02", "emblem_missing", on(review.FieldDocument), at(d.Role, p.EmblemBox))
	case p.EmblemCut >= most:
		s.add("CPL-02", "emblem_cut", on(review.FieldDocument), at(d.Role, p.EmblemBox), measured(ratioText(p.EmblemCut), ratioText(most)))
	}
}

// pages asks for every role that the type needs. The other side of the same card
// in its place is told as the wrong side.
func (s *subject) pages() {
	sent := func(r review.Role) bool {
		return slices.ContainsFunc(s.Documents, func(d review.DocumentFacts) bool { return d.Role == r })
	}
	var missing []rules.Text
	for _, r := range s.kind.Roles {
		switch {
		case sent(r):
		case r == review.PortraitSide && (sent(review.EmblemSide) || sent(review.BackSide)):
			s.add("CPL-04", "wrong_side", on(review.FieldDocument), bilingual("needed", roleNames[r]))
		default:
			missing = append(missing, roleNames[r])
		}
	}
	if len(missing) > 0 {
		s.add("CPL-05", "page_missing", on(review.FieldDocument), bilingual("missing", list(missing)))
	}
}

var sideNames = map[string]rules.Text{
	"top": {ZH: "上边", EN: "top"}, "right": {ZH: "右边", EN: "right"}, "bottom": {ZH: "下边", EN: "bottom"}, "left": {ZH: "左边", EN: "left"},
}

// border asks a person when the document leaves the picture and hardly a frame side,
// or no emblem, is left; one side alone is said.
func (s *subject) border(d review.DocumentFacts) {
	p := d.Picture
	if len(p.CutSides) == 0 {
		return
	}
	var sides []rules.Text
	for _, side := range p.CutSides {
		sides = append(sides, sideNames[side])
	}
	detail := review.Detail("border_near")
	if p.Sides >= 0 && p.Sides <= 1 || s.kind.Emblem && p.Emblem == review.No && slices.Contains(p.CutSides, "top") {
		detail = "border_cut"
	}
	s.add("CPL-01", detail, on(review.FieldDocument), at(d.Role, nil), bilingual("sides", list(sides)))
}
