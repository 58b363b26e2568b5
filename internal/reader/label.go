package reader

import (
	"math"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
)

// beginsWithLabel reports whether a line's first character is the end of the
// label 名称, printed over and unreadable: 名 stands alone to its left, and it
// stands in the column in which the other labels end.
func (r *Reader) beginsWithLabel(s *sheet, l layout.Line) bool {
	if s.inLabelColumn(l) < 2 {
		return false
	}
	left := s.leftOf(l)
	return left != nil && s.budget.spend(costHan) && glyph.Text(readHan(r.chinese(s, s.hanStrip(*left, 1, inkPlane)))) == "名"
}

// inLabelColumn counts the single characters on other rows that begin where the
// line begins.
func (s *sheet) inLabelColumn(l layout.Line) int {
	n := 0
	for _, o := range s.fine {
		single := float64(o.W()) < 1.7*s.letter && float64(o.H()) > 0.6*s.letter && float64(o.H()) < 1.8*s.letter
		otherRow := math.Abs(o.MidY()-l.MidY()) > s.letter
		if single && otherRow && math.Abs(float64(o.X0-l.X0)) < 0.4*s.letter {
			n++
		}
	}
	return n
}

// leftOf is the nearest piece of print to the left on the same row, nil when
// there is none near.
func (s *sheet) leftOf(l layout.Line) *layout.Line { return s.leftWithin(l, 0.6*s.letter) }

// leftWithin is leftOf with middles that differ by less than so many working pixels.
func (s *sheet) leftWithin(l layout.Line, within float64) *layout.Line {
	var left *layout.Line
	for i, o := range s.fine {
		near := float64(l.X0-o.X1) < 12*s.letter && o.X1 <= l.X0+int(0.5*s.letter) && math.Abs(o.Mid(float64(o.X1))-l.Mid(float64(l.X0))) < within
		if near && float64(o.H()) > 0.5*s.letter && (left == nil || o.X1 > left.X1) {
			left = &s.fine[i]
		}
	}
	return left
}
