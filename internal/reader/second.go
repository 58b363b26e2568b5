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
	for _, f := range s.secondStrips() {
		if !s.budget.spend(costStrip) {
			return nil
		}
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

// secondFigures is how many pieces of a line must have the shape of a figure: two
// documents in a picture are small, and some of their figures touch.
const secondFigures = 6

// secondStrips are the rows of figures, then the lines that hold some.
func (s *sheet) secondStrips() []strip {
	var list []strip
	for _, run := range s.runs[:min(len(s.runs), maxRuns)] {
		list = append(list, s.runStrip(run))
	}
	return append(list, s.lineStrips(secondFigures)...)
}
