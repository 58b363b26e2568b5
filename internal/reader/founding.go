package reader

import (
	"slices"
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
)

const (
	foundingRows = 8   // rows read for a founding date that was not among the likeliest
	largePrint   = 1.8 // times as high as most print, as sheet.large has it
	sureFounding = 0.9 // probability of each figure: nobody is refused by a guess
)

// findFounding looks again where the likeliest rows held no date at all: an ornate
// border or much small print passes for figures, and makes the values look large. A
// date counts there behind a label that ends in 期 and not in 限: 成立日期, 注册日期.
func (r *Reader) findFounding(s *sheet) []period {
	for _, c := range s.foundingRows() {
		p, ok := r.periodOf(s, c.Line, inkPlane, c.letter)
		if ok && len(p.dates) == 1 && !p.longTerm && p.dates[0].HasDay() && p.surest >= sureFounding && r.isDay(s, c) {
			return []period{p}
		}
	}
	return nil
}

// printed is a line with the height of its kind of print.
type printed struct {
	layout.Line
	letter float64
}

// foundingRows are the rows of a date's shape, with its label or without, those with as
// many pieces as a date first: a border has nothing but figures.
func (s *sheet) foundingRows() []printed {
	var list []printed
	add := func(lines []layout.Line, letter float64) {
		for _, l := range lines {
			if maybeDate(l, letter, 4, 22, 4) && l.Parts >= 8 && l.Parts <= 32 && l.Parts > l.Narrow {
				list = append(list, printed{l, letter})
			}
		}
	}
	add(s.lines, s.letter)
	add(s.large, largePrint*s.letter)
	apart := func(p printed) int { return max(p.Parts-11, 11-p.Parts) } // 2009年08月03日
	slices.SortStableFunc(list, func(a, b printed) int { return apart(a) - apart(b) })
	return list[:min(len(list), foundingRows)]
}

// isDay reports whether the label of a date says that it is one day's: what stands in
// front of its first figure, in its own line or to the left of it.
func (r *Reader) isDay(s *sheet, row printed) bool {
	label := r.beforeFigures(s, &row.Line)
	if label == "" {
		label = r.beforeFigures(s, s.leftWithin(row.Line, 0.6*max(row.letter, 0.8*float64(row.H()))))
	}
	return strings.HasSuffix(label, "期")
}

// beforeFigures is what a line says in front of its first figure, marks aside.
func (r *Reader) beforeFigures(s *sheet, l *layout.Line) string {
	if l == nil || !s.budget.spend(costHan) {
		return ""
	}
	text := glyph.Text(readHan(r.chinese(s, s.hanStrip(*l, 1, inkPlane))))
	if i := strings.IndexAny(text, "0123456789"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimRightFunc(text, func(c rune) bool { return !inName(c) })
}
