package layout

import (
	"math"
	"slices"
)

// Run is a row of figures of one height: where a long number may stand.
type Run struct {
	Boxes  []Box   // from left to right
	Height float64 // of a figure, pixels
	Pitch  float64 // from one figure to the next, pixels
	Slope  float64 // rise of the base line per pixel to the right (y grows downwards)
	Even   float64 // share of steps that keep the pitch, 0 to 1
}

// Box is the frame of the whole run.
func (r Run) Box() Box {
	b := r.Boxes[0]
	for _, o := range r.Boxes[1:] {
		b = b.Join(o)
	}
	return b
}

// Base is the height of the base line at x.
func (r Run) Base(x float64) float64 {
	var sx, sy float64
	for _, b := range r.Boxes {
		sx += b.MidX()
		sy += float64(b.Y1)
	}
	n := float64(len(r.Boxes))
	return sy/n + (x-sx/n)*r.Slope
}

// Count estimates how many figures the run holds, those that touch included.
func (r Run) Count() float64 {
	b := r.Box()
	return float64(b.W())/r.Pitch + 0.2
}

// minFigures is how few boxes may remain of 15 to 18 figures when some touch
// or are lost.
const minFigures = 8

// Runs finds rows of at least minFigures boxes of the same height and base
// line, close together; the most even ones first.
func Runs(boxes []Box) []Run {
	figures := make([]Box, 0, len(boxes))
	for _, b := range boxes {
		if h, w := b.H(), b.W(); h >= 7 && w <= 4*h && b.Area*12 >= w*h && h <= 200 {
			figures = append(figures, b)
		}
	}
	slices.SortFunc(figures, func(a, b Box) int { return 4096*(a.X0-b.X0) + a.Y0 - b.Y0 })
	var runs []Run
	for _, chain := range chains(figures) {
		for _, part := range evenParts(chain) {
			if r, ok := measure(part); ok {
				runs = append(runs, r)
			}
		}
	}
	slices.SortStableFunc(runs, func(a, b Run) int {
		return int(math.Copysign(1, b.merit()-a.merit()))
	})
	return runs
}

// merit orders runs: even, single boxes per figure, and about 18 of them.
func (r Run) merit() float64 {
	n := r.Count()
	return r.Even - math.Abs(n-18)/18 + 0.3*math.Min(1, float64(len(r.Boxes))/18)
}

// chains links each figure to its nearest fitting neighbour to the right.
func chains(f []Box) [][]Box {
	next, prev := make([]int, len(f)), make([]int, len(f))
	for i := range f {
		next[i], prev[i] = -1, -1
	}
	for i := range f {
		if j := successor(f, i); j >= 0 && (prev[j] < 0 || f[prev[j]].X1 < f[i].X1) {
			if prev[j] >= 0 {
				next[prev[j]] = -1
			}
			next[i], prev[j] = j, i
		}
	}
	var out [][]Box
	for i := range f {
		if prev[i] >= 0 {
			continue
		}
		var c []Box
		for j := i; j >= 0; j = next[j] {
			c = append(c, f[j])
		}
		if len(c) >= minFigures {
			out = append(out, c)
		}
	}
	return out
}

// successor is the nearest box to the right with the same base line and height.
func successor(f []Box, i int) int {
	a, best, gap := f[i], -1, math.MaxInt
	h := float64(a.H())
	for j := i + 1; j < len(f) && f[j].X0 <= a.X1+int(1.4*h); j++ {
		b := f[j]
		if b.X0 < a.X0+a.W()/2 || b.X1 <= a.X1 {
			continue
		}
		if math.Abs(float64(b.Y1-a.Y1)) > 0.22*h+1 || math.Abs(float64(b.H())-h) > 0.25*h+1 {
			continue
		}
		if d := b.X0 - a.X1; d < gap {
			best, gap = j, d
		}
	}
	return best
}

// evenParts cuts a chain where its pitch changes, as between a label and the
// number behind it. A step over a lost or joined figure counts as even.
func evenParts(c []Box) [][]Box {
	var parts [][]Box
	for i := 0; i+minFigures <= len(c); {
		pitch := median(steps(c[i : i+minFigures]))
		j := i + 1
		for wrong := 0; j < len(c); j++ {
			n := (c[j].MidX() - c[j-1].MidX()) / pitch
			if near := math.Round(2*n) / 2; near < 1 || near > 3 || math.Abs(n-near) > 0.24 {
				if wrong++; wrong > 1 {
					break
				}
				continue
			}
			wrong = 0
		}
		if j-i >= minFigures && pitch < 0.98*float64(c[i].H()) {
			parts = append(parts, c[i:min(j+1, len(c))])
			i = j
			continue
		}
		i++
	}
	return parts
}

// steps are the distances from the middle of each box to the next.
func steps(c []Box) []float64 {
	out := make([]float64, 0, len(c))
	for i := 1; i < len(c); i++ {
		out = append(out, c[i].MidX()-c[i-1].MidX())
	}
	return out
}

// measure fits height, pitch and slope to a chain.
func measure(c []Box) (Run, bool) {
	heights, steps := make([]float64, 0, len(c)), make([]float64, 0, len(c))
	for i, b := range c {
		heights = append(heights, float64(b.H()))
		if i > 0 && b.W() < b.H()*11/10 && c[i-1].W() < c[i-1].H()*11/10 {
			steps = append(steps, b.MidX()-c[i-1].MidX())
		}
	}
	if len(steps) < minFigures/2 {
		return Run{}, false
	}
	r := Run{Boxes: c, Height: median(heights), Pitch: median(steps), Slope: slope(c)}
	if r.Pitch <= 0 || r.Pitch > 1.3*r.Height || r.Pitch < 0.3*r.Height {
		return Run{}, false
	}
	for _, s := range steps {
		if math.Abs(s-r.Pitch) < 0.22*r.Pitch {
			r.Even++
		}
	}
	r.Even /= float64(len(steps))
	n := r.Count()
	return r, n >= 10 && n <= 60
}

// slope compares the mean base line of the two halves.
func slope(c []Box) float64 {
	half := len(c) / 2
	mean := func(part []Box) (x, y float64) {
		for _, b := range part {
			x += b.MidX()
			y += float64(b.Y1+b.Y0) / 2
		}
		return x / float64(len(part)), y / float64(len(part))
	}
	x0, y0 := mean(c[:half])
	x1, y1 := mean(c[len(c)-half:])
	if x1-x0 < 1 {
		return 0
	}
	return (y1 - y0) / (x1 - x0)
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}
