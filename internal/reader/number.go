package reader

import (
	"iter"
	"math"

	"realname/internal/imaging"
	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// How many places are tried for a number.
const (
	maxRuns      = 6
	maxLineTries = 10
)

// A figure is drawn this high in a strip, and one stands this far from the
// next: what the network was trained on.
const (
	figureHeight = 23.0
	figurePitch  = 15.5
)

// number looks for the declared number in rows of figures, then in whole lines.
func (r *Reader) number(s *sheet, d review.Declared) review.FieldReading {
	k, want := kindOf(d), d.Number
	best := review.FieldReading{Verdict: review.Unreadable}
	for f := range s.numberFrames() {
		if !s.budget.spend(costStrip) {
			break
		}
		got := r.numberIn(s, f, want, k)
		if wide, ok := f.widened(r.glyphs); ok && got.Verdict != review.Confirmed && s.budget.spend(costStrip) {
			if again := r.numberIn(s, wide, want, k); better(again, got) || again.Verdict == review.Confirmed {
				got = again
			}
		}
		if got.Verdict == review.Confirmed {
			return got
		}
		if better(got, best) {
			best = got
		}
	}
	return best
}

// widened is a strip with more room at the ends at which what was read touches
// the edge: a number that stands close behind its label begins outside of the
// row of figures that was found. False when it has room.
func (f strip) widened(g []glyph.Glyph) (strip, bool) {
	if len(g) < leastFigures {
		return f, false
	}
	per := f.W / float64(f.width) * figurePitch
	wide := f
	if g[0].Start < edgeSteps {
		wide.X, wide.W, wide.width = wide.X-moreFigures*per, wide.W+moreFigures*per, wide.width+moreFigures*figurePitch
	}
	if steps := f.width / glyphStep; steps-g[len(g)-1].End <= edgeSteps {
		wide.W, wide.width = wide.W+moreFigures*per, wide.width+moreFigures*figurePitch
	}
	return wide, wide.width > f.width && wide.width <= glyph.MaxWidth
}

// When and by how much a strip is widened.
const (
	leastFigures = 8 // so many must have been read
	moreFigures  = 8 // so many more are looked for at an end
	edgeSteps    = 3 // a figure this close to the edge touches it
	glyphStep    = 4 // pixels of a strip that a step of the number network covers
)

// better prefers a contradiction, then the surer reading.
func better(a, b review.FieldReading) bool {
	if (a.Verdict == review.Contradicted) != (b.Verdict == review.Contradicted) {
		return a.Verdict == review.Contradicted
	}
	return a.Confidence > b.Confidence
}

// darkest are how many standard deviations below its surroundings only the
// darkest ink is: the first parts figures that touch, the second also what is
// printed over other print.
var darkest = [2]float64{1.4, 1.8}

// strip is a place where a number may stand, its width in the network's
// eyes, and the plane to look at.
type strip struct {
	layout.Frame
	width int
	plane plane
}

// numberFrames yields the places in the order in which they are tried: rows of
// figures, then rows seen when only the darkest ink counts (print over print,
// figures that touch), then whole lines.
func (s *sheet) numberFrames() iter.Seq[strip] {
	return func(yield func(strip) bool) {
		for _, run := range s.runs[:min(len(s.runs), maxRuns)] {
			if !yield(s.runStrip(run)) {
				return
			}
		}
		for i, k := range []plane{inkPlane, blackPlane} {
			dark := s.darkRuns(i)
			for _, run := range dark[:min(len(dark), maxRuns)] {
				f := s.runStrip(run)
				if f.plane = k; !yield(f) {
					return
				}
			}
		}
		for _, k := range []plane{inkPlane, blackPlane} {
			for _, f := range s.lineStrips(0) {
				if f.plane = k; !yield(f) {
					return
				}
			}
		}
		for _, f := range s.largeStrips() {
			if !yield(f) {
				return
			}
		}
	}
}

// largeStrips are lines that are nothing but figures larger than most print: the
// short numbers of permits.
func (s *sheet) largeStrips() []strip {
	var out []strip
	for _, l := range s.lines {
		figure := float64(l.H())
		if ratio := float64(l.W()) / figure; ratio < 4 || ratio > 9 || figure < 0.9*s.letter || figure > 2.2*s.letter || len(out) == maxLineTries {
			continue
		}
		x0, w := float64(l.X0)-figure, float64(l.W())+2*figure
		out = append(out, strip{layout.Frame{
			X: x0 * s.scale, Y: l.Mid(x0) * s.scale, W: w * s.scale,
			H: glyph.Height / figureHeight * figure * s.scale, Slope: l.Slope,
		}, int(w / figure * figureHeight), inkPlane})
	}
	return out
}

// darkRuns are the rows of figures among the darkest ink of a degree.
func (s *sheet) darkRuns(degree int) []layout.Run {
	if s.dark[degree] == nil && s.budget.spend(costPage) {
		s.dark[degree] = layout.Runs(layout.Components(layout.Binarise(s.work, 41, darkest[degree], 20)))
	}
	return s.dark[degree]
}

// runStrip is a run with room for three lost figures at each end.
func (s *sheet) runStrip(run layout.Run) strip {
	b := run.Box()
	x0 := float64(b.X0) - 3*run.Pitch
	w := float64(b.W()) + 6*run.Pitch
	return strip{layout.Frame{
		X: x0 * s.scale, Y: (run.Base(x0) - run.Height/2) * s.scale,
		W: w * s.scale, H: glyph.Height / figureHeight * run.Height * s.scale, Slope: run.Slope,
	}, int(w / run.Pitch * figurePitch), inkPlane}
}

// lineStrips are lines long enough for a number whose figures touch, with so many
// pieces that have a figure's shape; the height of a figure follows from that of the
// print.
func (s *sheet) lineStrips(figures int) []strip {
	var out []strip
	figure := 0.75 * s.letter
	for _, l := range s.lines {
		if l.Narrow < figures || float64(l.W()) < 6.5*s.letter || float64(l.W()) > 24*s.letter || float64(l.H()) > 2.2*s.letter {
			continue
		}
		if len(out) == maxLineTries {
			break
		}
		x0, w := float64(l.X0)-s.letter, float64(l.W())+2*s.letter
		out = append(out, strip{layout.Frame{
			X: x0 * s.scale, Y: l.Mid(x0) * s.scale, W: w * s.scale,
			H: glyph.Height / figureHeight * figure * s.scale, Slope: l.Slope,
		}, int(w / figure * figureHeight), inkPlane})
	}
	return out
}

// numberIn reads one place and compares it with the declared number.
func (r *Reader) numberIn(s *sheet, f strip, want string, k kind) review.FieldReading {
	scores := r.figures(s, f, k.alphabet)
	r.glyphs = scores.BestPath(r.glyphs[:0])
	best := review.FieldReading{Verdict: review.Unreadable}
	for _, t := range windows(r.glyphs, len(want)) {
		got := k.compare(scores, t, want)
		if got.Verdict == review.Confirmed || better(got, best) {
			got.Box = f.box(t, scores.Steps(), s.page)
			best = got
		}
		if got.Verdict == review.Confirmed {
			break
		}
	}
	return best
}

// figures runs the number network over one place of a plane, once per sheet and
// alphabet.
func (r *Reader) figures(s *sheet, f strip, alphabet string) *glyph.Scores {
	key := stripKey{f, alphabet}
	if got, ok := s.scores[key]; ok {
		return got
	}
	scores := r.numbers.Run(layout.Sample(s.plane(f.plane), f.Frame, min(f.width, glyph.MaxWidth), glyph.Height)).Clone()
	scores.Restrict(alphabet)
	s.scores[key] = scores
	return scores
}

// box is where a reading stands on the page.
func (f strip) box(t []glyph.Glyph, steps int, p *imaging.Image) *review.Box {
	if len(t) == 0 || steps == 0 {
		return nil
	}
	per := f.W / float64(steps)
	x0, x1 := f.X+float64(t[0].Start-1)*per, f.X+float64(t[len(t)-1].End+1)*per
	mid := f.Y + ((x0+x1)/2-f.X)*f.Slope
	half := f.H/2 + math.Abs(f.Slope)*(x1-x0)/2
	w, h := p.Width, p.Height
	clip := func(v float64, limit int) int { return min(max(int(v), 0), limit) }
	l, t0 := clip(x0, w), clip(mid-half, h)
	return &review.Box{X: l, Y: t0, W: clip(x1, w) - l, H: clip(mid+half, h) - t0}
}

// windows cuts a reading at its gaps and lists the pieces, single and joined,
// that are about n characters long, best fit first.
func windows(g []glyph.Glyph, n int) [][]glyph.Glyph {
	cuts := []int{0}
	pitch := medianStep(g)
	for i := 1; i < len(g); i++ {
		if float64(middle(g[i])-middle(g[i-1])) > 1.8*pitch {
			cuts = append(cuts, i)
		}
	}
	cuts = append(cuts, len(g))
	var out [][]glyph.Glyph
	for off := 0; off <= 2; off++ {
		for i := range cuts {
			for j := i + 1; j < len(cuts); j++ {
				if d := cuts[j] - cuts[i] - n; d == off || d == -off {
					out = append(out, g[cuts[i]:cuts[j]])
				}
			}
		}
	}
	return out
}

func middle(g glyph.Glyph) int { return (g.Start + g.End) / 2 }

func medianStep(g []glyph.Glyph) float64 {
	if len(g) < 2 {
		return 1
	}
	var histogram [64]int
	for i := 1; i < len(g); i++ {
		histogram[min(middle(g[i])-middle(g[i-1]), 63)]++
	}
	rank := (len(g) - 1) / 2
	for d, n := range histogram {
		if rank -= n; rank < 0 {
			return float64(max(d, 1))
		}
	}
	return 63
}
