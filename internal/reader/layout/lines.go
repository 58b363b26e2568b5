package layout

import (
	"math"
	"slices"
)

// Line is a line of text, or a part of one set off by a wide gap.
type Line struct {
	Box
	Slope float64 // fall of its middle per pixel to the right
	Parts int     // pieces of ink
	// Narrow counts the pieces shaped like a figure: nearly as high as a letter
	// but narrower. Dates and numbers have many, Chinese text few.
	Narrow int
}

// Mid is the height of the middle of the line at x.
func (l Line) Mid(x float64) float64 { return l.MidY() + (x-l.MidX())*l.Slope }

// Lines joins pieces of ink that stand side by side into lines. A gap wider
// than the given number of letter heights ends a line. Frames, seals and specks
// are left out.
func Lines(boxes []Box, gap float64) []Line {
	return LinesOf(boxes, LetterHeight(boxes), gap)
}

// LinesOf is Lines for print of a known letter height in pixels.
func LinesOf(boxes []Box, letter, gap float64) []Line {
	if letter <= 0 {
		return nil
	}
	core, rest := split(boxes, letter)
	groups := group(core, gap*letter)
	lines := make([]Line, 0, len(groups))
	page := pageSlope(groups, letter)
	for _, g := range groups {
		if l, ok := join(g, letter, page); ok {
			lines = append(lines, l)
		}
	}
	absorb(lines, rest, letter)
	slices.SortFunc(lines, func(a, b Line) int { return 8192*(a.Y0-b.Y0) + a.X0 - b.X0 })
	return lines
}

// LetterHeight is the height of most of the print, by width of ink: the height
// that the median column of print belongs to. It is 0 on an empty page.
func LetterHeight(boxes []Box) float64 {
	var histogram [129]int
	total := 0
	for _, b := range boxes {
		if h := b.H(); h >= 6 && h <= 128 && b.W() >= 3 && b.W() <= 8*h && 2*b.H() <= 5*b.W() {
			histogram[h] += min(b.W(), 2*h)
			total += min(b.W(), 2*h)
		}
	}
	if total == 0 {
		return 0
	}
	half := total * 6 / 10
	for h, n := range histogram {
		if half -= n; half < 0 {
			return float64(h)
		}
	}
	return 128
}

// split parts the boxes into letters, which make lines, and small strokes,
// which only join them.
func split(boxes []Box, letter float64) (core, rest []Box) {
	for _, b := range boxes {
		h, w := float64(b.H()), float64(b.W())
		switch {
		case h > 2.3*letter || w > 14*letter || w > 3*letter && h > 1.7*letter || w > 6*h && w > 1.5*letter && h < 0.5*letter:
		case h >= 0.45*letter, h >= 2 && w >= 0.5*letter && w <= 1.4*letter: // the latter is a stroke such as 一
			core = append(core, b)
		case h*w >= 4:
			rest = append(rest, b)
		}
	}
	slices.SortFunc(core, func(a, b Box) int { return 8192*(a.X0-b.X0) + a.Y0 - b.Y0 })
	return core, rest
}

// group joins boxes that overlap in height by at least half of the smaller and
// are not farther apart than gap.
func group(core []Box, gap float64) [][]Box {
	parent := make([]int, len(core))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	for i, a := range core {
		for j := i + 1; j < len(core) && float64(core[j].X0) <= float64(a.X1)+gap; j++ {
			b := core[j]
			shared := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
			if 2*shared >= min(a.H(), b.H()) && math.Abs(a.MidY()-b.MidY()) < 0.45*float64(max(a.H(), b.H())) {
				parent[root(j)] = root(i)
			}
		}
	}
	at, out := map[int]int{}, [][]Box(nil)
	for i := range core {
		r := root(i)
		if _, ok := at[r]; !ok {
			at[r] = len(out)
			out = append(out, nil)
		}
		out[at[r]] = append(out[at[r]], core[i])
	}
	return out
}

// pageSlope is the median slope of the long lines; short ones are too easily
// tilted by a label that stands a little lower.
func pageSlope(groups [][]Box, letter float64) float64 {
	var all []float64
	for _, g := range groups {
		if wide := frame(g); len(g) >= 8 && float64(wide.W()) > 10*letter {
			all = append(all, slope(g))
		}
	}
	if len(all) < 3 {
		return 0
	}
	return median(all)
}

// longLine is how many letters a line must have for its slope to be its own.
const longLine = 14

// join makes a line of a group.
func join(g []Box, letter, page float64) (Line, bool) {
	l := Line{Box: frame(g), Parts: len(g), Slope: page}
	for _, b := range g {
		if h := float64(b.H()); h >= 0.55*letter && h <= 1.3*letter && 5*b.W() <= 4*b.H() {
			l.Narrow++
		}
	}
	if float64(l.W()) < 0.9*letter || float64(l.H()) < 0.5*letter {
		return l, false
	}
	if len(g) >= 10 && float64(l.W()) > longLine*letter {
		l.Slope = slope(g)
	}
	if len(g) >= 3 {
		level(&l, g)
	}
	return l, true
}

func frame(g []Box) Box {
	box := g[0]
	for _, b := range g[1:] {
		box = box.Join(b)
	}
	return box
}

// level measures the height of a slanting line along its slope, leaving out
// the few boxes that stand out.
func level(l *Line, g []Box) {
	top, low := make([]float64, len(g)), make([]float64, len(g))
	mid := l.MidX()
	for i, b := range g {
		top[i] = float64(b.Y0) - (b.MidX()-mid)*l.Slope
		low[i] = float64(b.Y1) - (b.MidX()-mid)*l.Slope
	}
	slices.Sort(top)
	slices.Sort(low)
	n := len(g)
	l.Y0, l.Y1 = int(math.Floor(top[n/12])), int(math.Ceil(low[n-1-n/12]))
}

// absorb lets lines take in strokes that stand beside or in them.
func absorb(lines []Line, rest []Box, letter float64) {
	for _, b := range rest {
		for i := range lines {
			l := &lines[i]
			y := l.Mid(b.MidX())
			if math.Abs(b.MidY()-y) < 0.55*float64(l.H()) && float64(b.X0) < float64(l.X1)+0.4*letter && float64(b.X1) > float64(l.X0)-0.4*letter {
				l.X0, l.X1 = min(l.X0, b.X0), max(l.X1, b.X1)
				break
			}
		}
	}
}
