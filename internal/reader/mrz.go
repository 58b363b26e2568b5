package reader

import (
	"regexp"
	"strings"
	"time"

	"realname/internal/reader/glyph"
	"realname/internal/review"
)

const (
	mrzAlphabet = allCharacters + "<"
	mrzNumber   = 9  // characters of the document number
	mrzLeast    = 20 // figures in a row that may be a machine-readable line
)

// mrzLine is what the second line of a passport says (ICAO 9303 part 4). It
// counts only when all three of its check digits hold.
type mrzLine struct {
	number  string // without fillers
	expires review.Date
	at      int // first glyph
}

// O and 0 look alike in the nationality, where no check digit tells them apart.
var mrzPattern = regexp.MustCompile(`([A-Z0-9<]{9})([0-9])[A-Z0<]{3}([0-9]{6})([0-9])[MFX<]([0-9]{6})([0-9])`)

// parseMRZ finds a second line in a reading.
func parseMRZ(text string) (mrzLine, bool) {
	for from := 0; from < len(text); {
		m := mrzPattern.FindStringSubmatchIndex(text[from:])
		if m == nil {
			return mrzLine{}, false
		}
		part := func(i int) string { return text[from+m[2*i] : from+m[2*i+1]] }
		if mrzCheck(part(1)) == part(2) && mrzCheck(part(3)) == part(4) && mrzCheck(part(5)) == part(6) {
			return mrzLine{strings.TrimRight(part(1), "<"), mrzDate(part(5)), from + m[0]}, true
		}
		from += m[0] + 1
	}
	return mrzLine{}, false
}

// mrzCheck is the check digit: weights 7, 3, 1; letters count from 10, fillers 0.
func mrzCheck(text string) string {
	sum := 0
	for i, c := range text {
		v := strings.IndexRune(allCharacters, c)
		sum += max(v, 0) * []int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}

// mrzDate reads an expiry date: its century is the one that is not over.
func mrzDate(text string) review.Date {
	t, err := time.Parse("20060102", "20"+text)
	if err != nil {
		return review.Date{}
	}
	y, m, d := t.Date()
	return review.Date{Year: y, Month: m, Day: d}
}

// machineLine looks for the second machine-readable line and compares the
// declared number with it.
func (r *Reader) machineLine(s *sheet, declared string) (review.FieldReading, mrzLine, bool) {
	for _, run := range s.runs {
		if run.Count() < mrzLeast {
			continue
		}
		if !s.budget.spend(costStrip) {
			break
		}
		f := s.runStrip(run)
		scores := r.figures(s, f, mrzAlphabet)
		r.glyphs = scores.BestPath(r.glyphs[:0])
		line, ok := parseMRZ(glyph.Text(r.glyphs))
		if !ok {
			continue
		}
		out := review.FieldReading{Verdict: review.Contradicted, Read: line.number, Means: "mrz"}
		if line.number == declared {
			out.Verdict = review.Confirmed
		}
		part := r.glyphs[line.at : line.at+mrzNumber+1]
		out.Confidence = match{read: part, end: len(part)}.weakest()
		out.Box = f.box(part, scores.Steps(), s.page)
		return out, line, true
	}
	return review.FieldReading{}, mrzLine{}, false
}
