package reader

import (
	"slices"
	"time"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

const (
	dateAlphabet = "0123456789年月日至长期.-/"
	dateRows     = 12   // rows read for dates
	lowerPart    = 0.64 // an issue date stands below this share of the page's print
	sureFigure   = 0.45 // a figure below this probability makes its part unknown
)

// period is what one row says of dates.
type period struct {
	dates    []review.Date
	longTerm bool
	surest   float64 // least probable figure of the dates
	row      layout.Line
	from, to int // the glyphs of the first date to the last
	box      *review.Box
}

// readDates reads the rows that may hold dates and sorts them by what they
// mean: two dates or "long term" are a period, one in the lower part is the
// issue date, and above it the earliest is the founding date.
func (r *Reader) readDates(s *sheet, w Want, out *review.Reading) {
	var above []period
	for _, row := range s.dateRows() {
		p, ok := r.periodIn(s, row, inkPlane)
		if !ok && s.low(row) && len(r.glyphs) > 2 {
			p, ok = r.periodIn(s, row, darkPlane)
		}
		switch {
		case !ok:
		case p.longTerm || len(p.dates) > 1:
			out.LongTerm = out.LongTerm || p.longTerm
			if len(p.dates) > 1 && out.Expires.IsZero() {
				out.Expires, out.ExpiresBox = p.dates[len(p.dates)-1], p.box
			}
			if w.card() && len(p.dates) > 0 { // a card is valid from the day it was issued
				out.Issued = p.dates[0]
				out.IssueDate = review.FieldReading{Read: p.dates[0].String(), Confidence: p.surest, Means: "network", Box: p.box}
			}
		case w.card():
			// Of a validity half read nobody knows which half it is; a birth is no date of the document.
		case s.low(row):
			if known(p.dates[0]) > known(out.Issued) {
				out.Issued = p.dates[0]
				out.IssueDate = review.FieldReading{Read: p.dates[0].String(), Confidence: p.surest, Means: "network", Box: p.box}
			}
		default:
			above = append(above, p)
		}
	}
	if !w.card() && len(above) == 0 && out.Issued.IsZero() && out.Expires.IsZero() && !out.LongTerm {
		above = r.findFounding(s)
	}
	placeAbove(above, out)
	out.IssueDate = compareDate(w.Declared.IssueDate, out.Issued, out.IssueDate)
}

// card reports whether a card is wanted: its dates are those of its validity.
func (w Want) card() bool {
	return w.Role == review.EmblemSide || w.Role == review.BackSide || isCard(w.Declared.CredentialType)
}

// placeAbove takes the earliest date as the founding date; a later one on a
// line of its own is the end of the period.
func placeAbove(above []period, out *review.Reading) {
	for _, p := range above {
		d, box := p.dates[0], p.box
		first := out.Established
		switch {
		case first.IsZero():
			out.Established, out.EstablishedBox = d, box
		case earlier(d, first):
			out.Established, out.EstablishedBox, d, box = d, box, first, out.EstablishedBox
			fallthrough
		case earlier(out.Established, d) && d.Year > out.Established.Year:
			if out.Expires.IsZero() {
				out.Expires, out.ExpiresBox = d, box
			}
		}
	}
}

func earlier(a, b review.Date) bool {
	return a.Year*10000+int(a.Month)*100+a.Day < b.Year*10000+int(b.Month)*100+b.Day
}

func known(d review.Date) int {
	switch {
	case d.HasDay():
		return 3
	case d.Month != 0:
		return 2
	}
	return 0
}

// compareDate judges a declared issue date; the day counts only where it was read.
func compareDate(declared, read review.Date, f review.FieldReading) review.FieldReading {
	switch {
	case declared.IsZero():
		f.Verdict = review.NotSought
	case read.IsZero():
		f.Verdict = review.Unreadable
	case declared == read:
		f.Verdict = review.Confirmed
	case read.HasDay() && f.Confidence > 0.9:
		f.Verdict = review.Contradicted
	default:
		f.Verdict = review.Unreadable
	}
	return f
}

// low reports whether a row stands in the part where the issue date is printed.
func (s *sheet) low(row layout.Line) bool {
	top, bottom := s.extent()
	return row.MidY() > top+lowerPart*(bottom-top)
}

// extent is where print starts and ends.
func (s *sheet) extent() (top, bottom float64) {
	if len(s.rows) == 0 {
		return 0, float64(s.work.Rect.Dy())
	}
	return float64(s.rows[0].Y0), float64(s.rows[len(s.rows)-1].Y1)
}

// dateRows are the lines above and the rows below that look most like dates:
// many figures, about as wide as a date with its label or a period. The issue
// date is printed with wide gaps, hence whole rows below.
func (s *sheet) dateRows() []layout.Line {
	var low, high []layout.Line
	for _, l := range s.rows {
		if s.low(l) && maybeDate(l, s.letter, 4, 34, 3) {
			low = append(low, l)
		}
	}
	for _, l := range s.lines {
		if !s.low(l) && maybeDate(l, s.letter, 4, 26, 4) {
			high = append(high, l)
		}
	}
	likely := func(a, b layout.Line) int { return b.Narrow*a.Parts - a.Narrow*b.Parts }
	slices.SortStableFunc(low, likely)
	slices.SortStableFunc(high, likely)
	return append(low[:min(len(low), dateRows/2)], high[:min(len(high), dateRows/2)]...)
}

// maybeDate reports whether a line of print of a letter's height has the shape of a
// date: so many letters wide, and so many pieces narrow.
func maybeDate(l layout.Line, letter, least, most float64, narrow int) bool {
	wide, high := float64(l.W())/letter, float64(l.H())/letter
	return wide >= least && wide <= most && high >= 0.6 && high <= 2.3 && l.Narrow >= narrow
}

// periodIn reads the dates of one row of ordinary print.
func (r *Reader) periodIn(s *sheet, row layout.Line, k plane) (period, bool) {
	return r.periodOf(s, row, k, s.letter)
}

// periodOf reads the dates of one row, whose print has letters of a height.
func (r *Reader) periodOf(s *sheet, row layout.Line, k plane, letter float64) (period, bool) {
	if !s.budget.spend(costStrip) {
		return period{}, false
	}
	figure := 0.8 * min(max(float64(row.H()), 0.8*letter), 1.6*letter)
	x0, w := float64(row.X0)-letter, float64(row.W())+2*letter
	f := strip{layout.Frame{
		X: x0 * s.scale, Y: row.Mid(x0) * s.scale, W: w * s.scale,
		H: glyph.Height / figureHeight * figure * s.scale, Slope: row.Slope,
	}, int(w / figure * figureHeight), k}
	scores := r.figures(s, f, dateAlphabet)
	r.glyphs = scores.BestPath(r.glyphs[:0])
	p := parsePeriod(r.glyphs)
	p.row = row
	p.box = f.box(r.glyphs[p.from:p.to], scores.Steps(), s.page) // of the dates alone: a row may say more
	return p, len(p.dates) > 0
}

// parsePeriod finds dates in a reading. Figures that are not sure leave the
// part of the date that they stand in unknown, so that a seal over the day
// still leaves year and month.
func parsePeriod(g []glyph.Glyph) period {
	p := period{surest: 1}
	if both, sure, ok := bothDates(g); ok {
		p.dates, p.surest, p.to = both, sure, len(g)
		return p
	}
	for i := 0; i < len(g); {
		d, next, sure := dateAt(g, i)
		if next == i {
			i++
			continue
		}
		if len(p.dates) == 0 {
			p.from = i
		}
		p.dates, i, p.surest, p.to = append(p.dates, d), next, min(p.surest, sure), next
	}
	if p.to > 0 && p.to < len(g) && g[p.to].Char == '日' {
		p.to++
	}
	for i := 1; i < len(g); i++ {
		if g[i-1].Char == '长' && g[i].Char == '期' && g[i].Probability > 0.5 && len(p.dates) > 0 {
			p.longTerm, p.to = true, max(p.to, i+1)
		}
	}
	return p
}

// bothDates reads the dates of a period whose dots were lost: sixteen figures and
// nothing else, the second date after the first.
func bothDates(g []glyph.Glyph) (both []review.Date, sure float64, ok bool) {
	sure = 1
	for _, c := range g {
		if sure = min(sure, c.Probability); !isFigure(c) {
			return nil, 0, false
		}
	}
	if len(g) != 16 || sure < sureFigure {
		return nil, 0, false
	}
	for _, part := range [][]glyph.Glyph{g[:8], g[8:]} {
		t, err := time.Parse("20060102", glyph.Text(part))
		if err != nil || t.Year() < 1900 || t.Year() > 2100 {
			return nil, 0, false
		}
		both = append(both, review.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()})
	}
	return both, sure, both[0].Before(both[1])
}

// dateAt reads one date that starts at a glyph; next is i when there is none. Where
// dots part it, as on cards, month and day have two figures: of one that was lost
// nobody knows which.
func dateAt(g []glyph.Glyph, i int) (d review.Date, next int, sure float64) {
	year, at, sure := figures(g, i, 4, 4)
	marked, least := at < len(g) && g[at].Char == '年', 1
	if at < len(g) && g[at].Char == '.' {
		least = 2
	}
	if at == i || year < 1900 || year > 2100 || sure < sureFigure || i > 0 && isFigure(g[i-1]) && !marked {
		return d, i, 0
	}
	at = skipMarks(g, at)
	month, after, s := figures(g, at, least, 2)
	if after == at || month < 1 || month > 12 || s < sureFigure || !marked && after < len(g) && len(g)-i > 8 && unbroken(g, i, 9) {
		return d, i, 0
	}
	d, next, sure = review.Date{Year: year, Month: time.Month(month)}, after, min(sure, s)
	at = skipMarks(g, after)
	day, after, s := figures(g, at, least, 2)
	if after > at && s >= sureFigure && exists(year, month, day) {
		d.Day, next, sure = day, after, min(sure, s)
	}
	return d, next, sure
}

// unbroken reports whether n figures stand in a row: a number, not a date.
func unbroken(g []glyph.Glyph, i, n int) bool {
	for _, c := range g[i:min(i+n, len(g))] {
		if !isFigure(c) {
			return false
		}
	}
	return len(g)-i >= n
}

func exists(y, m, d int) bool {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return d >= 1 && t.Day() == d
}

func isFigure(g glyph.Glyph) bool { return g.Char >= '0' && g.Char <= '9' }

// figures reads between least and most figures as a number.
func figures(g []glyph.Glyph, i, least, most int) (value, next int, sure float64) {
	sure, next = 1, i
	for next < len(g) && next < i+most && isFigure(g[next]) {
		value = value*10 + int(g[next].Char-'0')
		sure = min(sure, g[next].Probability)
		next++
	}
	if next-i < least {
		return 0, i, 0
	}
	return value, next, sure
}

// skipMarks passes over what may stand between the parts of a date.
func skipMarks(g []glyph.Glyph, i int) int {
	for n := 0; i < len(g) && n < 2 && !isFigure(g[i]) && g[i].Char != '至'; n++ {
		i++
	}
	return i
}
