package check

import (
	"fmt"
	"slices"
	"strings"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// clarity are CLR-01 to CLR-09, for each picture that could be decoded.
func clarity(s *subject) {
	name, _ := s.verdict(nameOf)
	number, _ := s.verdict(numberOf)
	for _, d := range s.Documents {
		if d.Picture == nil || d.Role == review.Supplement {
			continue
		}
		legible := !s.keyRole(d.Role) || d.Reading == nil || name.Verdict == review.Confirmed && number.Verdict == review.Confirmed
		s.sharpness(d, legible)
		s.exposure(d)
		s.glare(d, legible)
		s.colour(d)
		s.words(d)
		s.typed(d)
		if d.Picture.Screen == review.Yes {
			s.add("CLR-07", "reshoot", on(review.FieldDocument), at(d.Role, nil))
		}
		if lim := s.set.Limits.Moire; d.Picture.Moire >= lim {
			s.add("CLR-07", "screen_pattern", on(review.FieldDocument), at(d.Role, nil), measured(fmt.Sprintf("%.1f", d.Picture.Moire), fmt.Sprintf("%.1f", lim)))
		}
		if d.Picture.Covered != nil {
			s.add("CLR-06", "covered", on(review.FieldDocument), at(d.Role, d.Picture.Covered))
		}
	}
	s.keyField(review.FieldName, name, "name_unconfirmed", rules.Text{ZH: "名称", EN: "name"})
	s.keyField(review.FieldNumber, number, "number_unconfirmed", rules.Text{ZH: "号码", EN: "number"})
}

// keyRead reports whether the document that should print name and number was
// read. Where that is a supplement, as with other documents, it proves nothing,
// and a person must look.
func (s *subject) keyRead() bool {
	return slices.ContainsFunc(s.Documents, func(d review.DocumentFacts) bool { return s.keyRole(d.Role) && d.Reading != nil })
}

// keyDocument is the role on which the type prints name and number.
func (s *subject) keyDocument() review.Role {
	if len(s.kind.Roles) == 0 {
		return ""
	}
	return s.kind.Roles[0]
}

// keyRole reports whether the type prints name and number on the role.
func (s *subject) keyRole(r review.Role) bool {
	return len(s.kind.Roles) > 0 && s.kind.Roles[0] == r
}

// sharpness refuses only what is blurred by its measure and could not be read:
// either alone is wrong too often. A side that prints neither name nor number
// counts as read when its title or its validity was.
func (s *subject) sharpness(d review.DocumentFacts, legible bool) {
	ratio, lim := d.Picture.EdgeRatio, s.set.Limits
	fail := lim.BlurFailCard
	if d.Role == review.Licence {
		fail = lim.BlurFail
	}
	if !s.keyRole(d.Role) {
		legible = d.Reading == nil || d.Reading.Title.Verdict == review.Confirmed || !d.Reading.Expires.IsZero() || d.Reading.LongTerm
	}
	switch {
	case ratio < min(lim.BlurWarn, fail):
	case ratio >= fail && !legible:
		s.add("CLR-01", "blurred", on(review.FieldDocument), at(d.Role, nil), measured(ratioText(ratio), ratioText(fail)))
	default:
		s.add("CLR-01", "soft", on(review.FieldDocument), at(d.Role, nil), measured(ratioText(ratio), ratioText(lim.BlurWarn)))
	}
}

func ratioText(r float64) string { return fmt.Sprintf("%.2f", r) }

// exposure warns: the reader copes with more than people think.
func (s *subject) exposure(d review.DocumentFacts) {
	p, lim := d.Picture, s.set.Limits
	for _, c := range []struct {
		broken          bool
		detail          review.Detail
		measured, limit float64
	}{
		{p.BrightLuma < lim.DarkBright, "too_dark", p.BrightLuma, lim.DarkBright},
		{p.MeanLuma > lim.MaxMeanLuma, "too_bright", p.MeanLuma, lim.MaxMeanLuma},
		{p.BrightLuma-p.DarkLuma < lim.MinSpread, "low_contrast", p.BrightLuma - p.DarkLuma, lim.MinSpread},
		{p.LightRatio > lim.MaxLightRatio, "uneven_light", p.LightRatio, lim.MaxLightRatio},
	} {
		if c.broken {
			s.add("CLR-03", c.detail, on(review.FieldDocument), at(d.Role, nil), measured(fmt.Sprintf("%.3g", c.measured), fmt.Sprintf("%.3g", c.limit)))
		}
	}
}

// glare fails only where the blob lies over a key field that could not be read:
// a blob alone is wrong half the time.
func (s *subject) glare(d review.DocumentFacts, legible bool) {
	p := d.Picture
	if p.Glare == nil || p.GlareShare < s.set.Limits.GlareShare {
		return
	}
	detail := review.Detail("glare_elsewhere")
	if !legible && d.Role == review.Licence && s.hides(d.Reading, *p.Glare) {
		detail = "glare"
	}
	s.add("CLR-02", detail, on(review.FieldDocument), at(d.Role, p.Glare))
}

// hides reports whether the box covers where a field that could not be read was
// looked for.
func (s *subject) hides(r *review.Reading, box review.Box) bool {
	for _, f := range []review.FieldReading{r.Name, r.Number} {
		b := f.Box
		if f.Verdict == review.Unreadable && b != nil && b.X < box.X+box.W && box.X < b.X+b.W && b.Y < box.Y+box.H && box.Y < b.Y+b.H {
			return true
		}
	}
	return false
}

// colour refuses what has no colour at all. A certificate without colour where
// emblem and title stand may be a grey copy with a red stamp, and a person looks.
func (s *subject) colour(d review.DocumentFacts) {
	p := d.Picture
	switch {
	case d.File.Colours == 1, p.Colour == review.No:
		s.add("CLR-09", "not_colour", on(review.FieldDocument), at(d.Role, nil))
	case d.Role == review.Licence && p.TopChroma > 0 && p.TopChroma < s.set.Limits.CopyChroma && p.Emblem != review.Yes:
		s.add("CLR-09", "grey_copy", on(review.FieldDocument), at(d.Role, nil), measured(fmt.Sprintf("%.0f", p.TopChroma), fmt.Sprintf("%.0f", s.set.Limits.CopyChroma)))
	}
}

// words asks a person about words that added watermarks use.
func (s *subject) words(d review.DocumentFacts) {
	if d.Reading != nil && len(d.Reading.Words) > 0 {
		s.add("CLR-05", "watermark", on(review.FieldDocument), at(d.Role, d.Reading.WordsBox), param("words", strings.Join(d.Reading.Words, "、")))
	}
}

// typed asks a person about print that stands out as if typed over a photo: blacker
// than the rest, with nothing between, and sharper.
func (s *subject) typed(d review.DocumentFacts) {
	t, lim := d.Picture.Typed, s.set.Limits
	if t == nil || t.Glyphs < lim.TypedGlyphs || t.Rest < lim.TypedRest || t.Between > lim.TypedBetween || t.Sharper < lim.TypedSharper {
		return
	}
	s.add("CLR-08", "edited", on(review.FieldDocument), at(d.Role, &t.Box), measured(ratioText(t.Sharper), ratioText(lim.TypedSharper)), param("count", t.Glyphs))
}

// keyField asks a person about a field that was not confirmed. That it could not
// be read is a fault of the picture only when the picture is measured bad, and
// then that finding is there already.
func (s *subject) keyField(field review.Field, r review.FieldReading, unconfirmed review.Detail, name rules.Text) {
	unproved := r.Verdict == review.Unreadable || r.Verdict == review.NotSought && s.keyRead()
	if !unproved || s.refusedPicture() {
		return
	}
	if field == review.FieldName && len(text.Rare(s.Declared.Name)) > 0 {
		return // no reader knows the character; NAM-08 asks a person
	}
	if s.badPicture() {
		s.add("CLR-04", "field_unreadable", on(field), at(s.keyDocument(), r.Box), bilingual("field_name", name))
		return
	}
	s.add("CLR-04", unconfirmed, on(field), at(s.keyDocument(), r.Box))
}

// badPicture reports whether a measure says that the key picture is bad enough
// to explain that it cannot be read: blurred or very dark.
func (s *subject) badPicture() bool {
	for _, d := range s.Documents {
		p := d.Picture
		if p == nil || !s.keyRole(d.Role) || d.Role != review.Licence {
			continue
		}
		if p.EdgeRatio >= s.set.Limits.BlurFail || p.BrightLuma < s.set.Limits.DarkBright && p.MeanLuma < s.set.Limits.MinMeanLuma {
			return true
		}
	}
	return false
}

// refusedPicture reports whether a clarity finding refuses already.
func (s *subject) refusedPicture() bool {
	for _, f := range s.found {
		if f.Severity == review.Fail && f.Reason == review.MaterialUnclear {
			return true
		}
	}
	return false
}
