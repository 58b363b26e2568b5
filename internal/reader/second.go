package reader

import (
	"realname/internal/reader/glyph"
	"realname/internal/review"
)

// surelyAnother is how probable each figure of a second number must be.
const surelyAnother = 0.8

// secondNumber looks among the rows of figures for another number whose check
// character holds; nil when there is none. It knows of another document in the same
// picture only where numbers have such a character.
func (r *Reader) secondNumber(s *sheet, d review.Declared, first review.FieldReading) *review.Box {
	k := kindOf(d)
	if k.format == "" || numberPlace(first) == nil {
		return nil
	}
	for _, run := range s.runs[:min(len(s.runs), maxRuns)] {
		if !s.budget.spend(costStrip) {
			return nil
		}
		f := s.runStrip(run)
		scores := r.figures(s, f, k.alphabet)
		r.glyphs = scores.BestPath(r.glyphs[:0])
		for _, t := range windows(r.glyphs, numberLength) {
			sure := match{read: t, end: len(t)}.weakest() >= surelyAnother
			if read := glyph.Text(t); len(t) == numberLength && sure && k.valid(read) && read != first.Read && read != d.Number {
				return f.box(t, scores.Steps(), s.page)
			}
		}
	}
	return nil
}
