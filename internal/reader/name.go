package reader

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

const (
	maxNameLines = 8  // lines in which a name is looked for
	lineHeight   = 36 // pixels of a line as tesseract is shown it first
)

// nameLabels stand before the name on the documents that we know.
var nameLabels = []string{"名称", "称", "姓名", "名", ":", "："}

// name looks for the declared name as a whole token: behind a label or at the
// start of a line, with nothing behind it.
func (r *Reader) name(s *sheet, declared string, number *review.Box) (review.FieldReading, error) {
	best := review.FieldReading{Verdict: review.Unreadable}
	want := []rune(squeeze(declared))
	if len(want) == 0 {
		return review.FieldReading{}, nil
	}
	closest := math.MaxInt
	for _, l := range s.nameLines(len(want), number) {
		got, apart, err := r.nameIn(s, l, want)
		if err != nil || got.Verdict == review.Confirmed {
			return got, err
		}
		if apart < closest {
			best, closest = got, apart
		}
	}
	return best, nil
}

// nameLines orders the lines by how well their length and place fit the name:
// it stands a little below the number, or in the upper half.
func (s *sheet) nameLines(n int, number *review.Box) []layout.Line {
	type candidate struct {
		layout.Line
		misfit float64
	}
	height := float64(s.work.Rect.Dy())
	place := 0.4
	if number != nil {
		place = float64(number.Y+number.H)/s.scale/height + 0.07
	}
	var all []candidate
	for _, l := range slices.Concat(s.lines, s.fine) {
		letters := float64(l.W()) / math.Max(float64(l.H()), 0.8*s.letter)
		twin := func(c candidate) bool { return overlap(c.Box, l.Box) }
		if float64(l.H()) > 2.4*s.letter || letters < 0.6*float64(n) || slices.ContainsFunc(all, twin) {
			continue
		}
		// A label in the same line makes it longer, by up to six letters.
		short, long := math.Log(letters/float64(n)), math.Log(letters/float64(n+4))
		far := math.Abs(l.MidY()/height - place)
		all = append(all, candidate{l, min(math.Abs(short), 0.1+math.Abs(long)) + 2*far})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.misfit, b.misfit) })
	var out []layout.Line
	for i, c := range all {
		if i == maxNameLines {
			break
		}
		out = append(out, c.Line)
	}
	return out
}

// Margins in nats between a declared character and the best other.
const (
	sureMargin  = 1.5  // the network alone confirms a character
	opposed     = -4.0 // worse than this, no second opinion can confirm it
	otherMargin = -6.0 // worse than this, the network reads another character for certain
)

// nameIn compares one line with the name; apart is how many characters differ.
func (r *Reader) nameIn(s *sheet, l layout.Line, want []rune) (review.FieldReading, int, error) {
	out := review.FieldReading{Verdict: review.Unreadable, Means: "network", Box: s.box(l.Box)}
	if !s.budget.spend(costHan) {
		return out, math.MaxInt, nil
	}
	scores := r.chinese(s, s.hanStrip(l), inkPlane)
	m := lay(scores.BestPath(nil), want)
	m.bounds(scores.Steps())
	out.Read = m.text()
	if m.apart > len(want)/2 {
		return out, m.apart, nil
	}
	if !m.whole() {
		return out, m.apart, nil
	}
	sure := margins(scores, want, m.from, m.to)
	if sure == nil {
		return out, m.apart, nil
	}
	least := slices.Min(sure)
	out.Confidence = 1 - math.Exp(-max(least, 0)-0.7)
	if lost := scores.Score(m.text(), m.from, m.to) - scores.Score(string(want), m.from, m.to); least >= sureMargin && lost < sureMargin {
		// The second condition sees what single changes cannot: a character that
		// is printed but was not declared.
		out.Verdict, out.Read = review.Confirmed, string(want)
		return out, 0, nil
	}
	return r.secondOpinion(s, l, want, sure, out, m)
}

// secondOpinion asks tesseract about the characters of which the network is
// not sure. When both read the same other name, that is a contradiction.
func (r *Reader) secondOpinion(s *sheet, l layout.Line, want []rune, sure []float64, out review.FieldReading, m match) (review.FieldReading, int, error) {
	doubt, least := map[int]bool{}, slices.Min(sure)
	for i, d := range sure {
		if d < sureMargin {
			doubt[i] = true
		}
	}
	for _, how := range reads {
		t, err := r.text(s, l, how.plane, how.height)
		if err != nil {
			return out, m.apart, err
		}
		seen := lay(plain(t.text), want)
		if least < opposed {
			if least < otherMargin && m.certain() && endsWith(t.text, m.text()) {
				out.Verdict, out.Confidence = review.Contradicted, min(t.confidence, m.weakest())
			}
			return out, m.apart, nil
		}
		if seen.apart > len(doubt) {
			continue
		}
		for i := range want {
			if doubt[i] && seen.holds(i, want) {
				delete(doubt, i)
			}
		}
		if len(doubt) == 0 {
			out.Verdict, out.Read, out.Means, out.Confidence = review.Confirmed, string(want), "ocr", t.confidence
			return out, 0, nil
		}
	}
	return out, m.apart, nil
}

// weakest is the least probable character of the part.
func (m match) weakest() float64 {
	least := 1.0
	for _, g := range m.read[m.start:m.end] {
		least = min(least, g.Probability)
	}
	return least
}

// certain reports whether the part was read without doubt.
func (m match) certain() bool { return m.end-m.start >= 2 && m.weakest() > 0.7 }

// endsWith reports whether a line ends with a name, marks aside, behind a
// label or nothing.
func endsWith(line, name string) bool {
	rest, ok := strings.CutSuffix(strings.TrimRightFunc(line, func(c rune) bool { return !inName(c) }), name)
	return ok && (rest == "" || endsInLabel(rest))
}

// reads are the ways in which tesseract is shown a line.
var reads = []struct {
	plane  plane
	height int
}{{inkPlane, lineHeight}, {darkPlane, 44}, {bluePlane, 30}}

// plain makes glyphs of a text, so that it can be laid over another.
func plain(text string) []glyph.Glyph {
	var out []glyph.Glyph
	for _, c := range text {
		out = append(out, glyph.Glyph{Char: c, Probability: 1})
	}
	return out
}

// holds reports whether the part has the wanted character at place i: counted
// from the nearer end, so that one slip elsewhere does not shift it.
func (m match) holds(i int, want []rune) bool {
	part := m.read[m.start:m.end]
	if len(part) == len(want) {
		return part[i].Char == want[i]
	}
	return false
}
