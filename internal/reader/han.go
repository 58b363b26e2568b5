package reader

import (
	"math"
	"slices"
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
)

// A Chinese character is this high in a strip: what the network was trained on.
const hanHeight = 26.5

// hanStrip is a line with room for a letter at each end, its letters taken to
// be the given share of the line's height.
func (s *sheet) hanStrip(l layout.Line, share float64, k plane) strip {
	high := share * min(max(float64(l.H()), 0.85*s.letter), 2.6*s.letter)
	x0, w := float64(l.X0)-high, float64(l.W())+2*high
	return strip{layout.Frame{
		X: x0 * s.scale, Y: l.Mid(x0) * s.scale, W: w * s.scale,
		H: glyph.Height / hanHeight * high * s.scale, Slope: l.Slope,
	}, int(w / high * hanHeight), k}
}

// chinese runs the network for Chinese over a line, once per sheet and plane.
func (r *Reader) chinese(s *sheet, f strip) *glyph.Scores {
	key := stripKey{f, "han"}
	if got, ok := s.scores[key]; ok {
		return got
	}
	scores := r.hanNet.Run(layout.Sample(s.plane(f.plane), f.Frame, min(f.width, glyph.MaxWidth), glyph.Height)).Clone()
	s.scores[key] = scores
	return scores
}

// readHan is the reading of a line of Chinese, one glyph to a character's place.
func readHan(scores *glyph.Scores) []glyph.Glyph {
	g := scores.BestPath(nil)
	return scores.Merge(g, 0.8*medianStep(g))
}

// match is a declared text laid over what was read of a line.
type match struct {
	read       []glyph.Glyph // of the whole line
	start, end int           // the part that the text covers best
	apart      int           // differing characters
	from, to   int           // its steps
}

// lay finds the part of a reading that is closest to the text.
func lay(g []glyph.Glyph, text []rune) match {
	type cell struct{ cost, start int }
	row := make([]cell, len(g)+1) // best cost of the text so far, ending at each glyph
	for j := range row {
		row[j] = cell{0, j}
	}
	for i, want := range text {
		diagonal := row[0]
		row[0] = cell{i + 1, 0}
		for j := range g {
			c := cell{diagonal.cost, diagonal.start}
			if g[j].Char != want {
				c.cost++
			}
			diagonal = row[j+1]
			for _, other := range [2]cell{{row[j+1].cost + 1, row[j+1].start}, {row[j].cost + 1, row[j].start}} {
				// Of two equal ways the longer part: a character too many then
				// lies inside of it, where it is seen.
				if other.cost < c.cost || other.cost == c.cost && other.start < c.start {
					c = other
				}
			}
			row[j+1] = c
		}
	}
	m := match{read: g, apart: math.MaxInt}
	for j, c := range row {
		if c.cost < m.apart {
			m.apart, m.start, m.end = c.cost, c.start, j
		}
	}
	return m
}

// bounds sets the steps of the part, half a gap beyond its ends.
func (m *match) bounds(steps int) {
	m.from, m.to = 0, steps
	if m.start > 0 && m.start < len(m.read) {
		m.from = (m.read[m.start-1].End + m.read[m.start].Start) / 2
	}
	if m.end > 0 && m.end < len(m.read) {
		m.to = (m.read[m.end-1].End + m.read[m.end].Start + 1) / 2
	}
}

func (m match) text() string { return glyph.Text(m.read[m.start:m.end]) }

// whole reports whether nothing that could belong to the name stands next to
// the part: before it only a label or a wide gap, behind it a gap. A neighbour
// counts however badly it was read: a name with a character left out must not
// pass because that character is blurred.
func (m match) whole(s *glyph.Scores) bool {
	if m.start >= m.end {
		return false
	}
	first, pitch := m.read[m.start], m.pitch()
	for i := m.start - 1; i >= 0; i-- {
		d := float64(middle(first) - middle(m.read[i]))
		if d > wideGap*pitch || endsInLabel(glyph.Text(m.read[:i+1])) || i == m.start-1 && wornLabel(s, m.read[:i+1]) {
			break
		}
		if d > fragment*pitch && inName(m.read[i].Char) {
			return false
		}
	}
	return m.ends()
}

// ends reports whether nothing of a name stands behind the part.
func (m match) ends() bool {
	if m.start >= m.end {
		return false
	}
	last, pitch := m.read[m.end-1], m.pitch()
	for i := m.end; i < len(m.read); i++ {
		d := float64(middle(m.read[i]) - middle(last))
		if d > wideGap*pitch {
			break
		}
		if d > fragment*pitch && inName(m.read[i].Char) {
			return false
		}
	}
	return true
}

// pitch is the distance from one character of the part to the next, in steps.
func (m match) pitch() float64 {
	first, last := m.read[m.start], m.read[m.end-1]
	if n := m.end - m.start; n > 1 {
		return float64(middle(last)-middle(first)) / float64(n-1)
	}
	return 1 + float64(middle(last)-middle(first))
}

// wornLabel reports whether the last of the glyphs may be the label 称, touched
// by the name: it is among the likeliest characters there, and stands nowhere
// before.
func wornLabel(s *glyph.Scores, g []glyph.Glyph) bool {
	last := g[len(g)-1]
	return s != nil && !strings.ContainsRune(glyph.Text(g), '称') &&
		slices.Contains(s.Top(glyph.Span{From: last.Start, To: last.End}, labelRank), '称')
}

// labelRank is how far down the list 称 is still believed.
const labelRank = 60

// Distances between the middles of neighbours, in pitches of the name: farther
// than wideGap is another word, nearer than fragment a piece of something.
const (
	wideGap  = 1.6
	fragment = 0.6
)

func endsInLabel(text string) bool {
	for _, label := range nameLabels {
		if strings.HasSuffix(text, label) {
			return true
		}
	}
	return false
}

// margins measures how much better the picture fits the text than the same
// text with one change at each place: another character, the character left
// out, or doubled. Negative where a change fits better; nil when the text does
// not fit at all.
func margins(s *glyph.Scores, text []rune, from, to int) []float64 {
	spans := s.Align(string(text), from, to)
	base := s.Score(string(text), from, to)
	if spans == nil || math.IsInf(base, -1) {
		return nil
	}
	out := make([]float64, len(text))
	for i, want := range text {
		out[i] = math.Inf(1)
		try := func(changed string) { out[i] = min(out[i], base-s.Score(changed, from, to)) }
		before, after := string(text[:i]), string(text[i+1:])
		for _, c := range s.Top(spans[i], 4) {
			if c != want {
				try(before + string(c) + after)
			}
		}
		try(before + after)
		try(before + string(want) + string(want) + after)
	}
	return out
}

// runnersUp lists at each place of a text the likeliest other character.
func runnersUp(s *glyph.Scores, text []rune, from, to int) []rune {
	out := make([]rune, len(text))
	for i, at := range s.Align(string(text), from, to) {
		for _, c := range s.Top(at, 2) {
			if c != text[i] {
				out[i] = c
				break
			}
		}
	}
	return out
}
