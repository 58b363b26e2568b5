package imaging

import (
	"image"
	"math"
	"slices"
)

const (
	edgeReach  = 24 // pixels that an edge may take
	edgesLeast = 30 // fewer edges are no text
	glyphLeast = 8  // pixels a glyph is high
	glyphMost  = 90
)

// looks are the ways in which print is looked for: first edges that rise by 40
// grey levels, as in any good photo; where there are too few of them, paler ones
// on a picture that is smoothed against noise. Blur takes contrast away with the
// edges, and the worst of it left nothing to measure.
var looks = []struct {
	contrast int // grey levels that a text edge rises at least
	smooth   int // pixels to each side
	widest   int // a piece of print is at most so many times as wide as high: motion makes bars of lines
	least    int // pieces of print that there must be
}{{40, 0, 4, edgesLeast}, {20, 1, 4, edgesLeast}, {10, 2, 60, 8}}

// edgeRatio is the width of text edges from 20 to 80 % of their contrast over
// the height of the print, along rows or columns, whichever is wider: a hand
// moves one way. It does not depend on contrast, and hardly on resolution. Sharp
// print is below 0.06; on real photos 0.13 and more was blurred by hand or lens
// every time, and no sharp licence reached it. Negative when there is too little
// print to tell. The ink is that of the first look.
func edgeRatio(luma *image.Gray, ink mask) float64 {
	for i, look := range looks {
		seen := smoothed(luma, look.smooth)
		if i > 0 {
			ink = inkMask(seen, look.contrast)
		}
		heights := glyphHeights(ink, look.widest)
		if len(heights) < look.least {
			continue
		}
		slices.Sort(heights)
		height := float64(heights[len(heights)/2])
		wide := -1.0
		for _, widths := range [2][]float64{edgeWidths(seen, ink, look.contrast), edgeWidths(transposed(seen), ink.transposed(), look.contrast)} {
			if len(widths) >= edgesLeast {
				slices.Sort(widths)
				wide = max(wide, widths[len(widths)/2])
			}
		}
		if wide >= 0 {
			return wide / height
		}
	}
	return -1
}

// smoothed averages over a square.
func smoothed(luma *image.Gray, reach int) *image.Gray {
	if reach == 0 {
		return luma
	}
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	sums, out := integral(luma), image.NewGray(luma.Rect)
	for y := range h {
		y0, y1 := max(y-reach, 0), min(y+reach+1, h)
		for x := range w {
			x0, x1 := max(x-reach, 0), min(x+reach+1, w)
			sum := sums[y1*(w+1)+x1] - sums[y0*(w+1)+x1] - sums[y1*(w+1)+x0] + sums[y0*(w+1)+x0]
			out.Pix[y*out.Stride+x] = uint8(int(sum) / ((x1 - x0) * (y1 - y0)))
		}
	}
	return out
}

// transposed exchanges rows and columns.
func transposed(luma *image.Gray) *image.Gray {
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+y] = luma.Pix[y*luma.Stride+x]
		}
	}
	return out
}

// mask marks pixels.
type mask struct {
	w, h int
	set  []bool
}

func (m mask) transposed() mask {
	out := mask{m.h, m.w, make([]bool, len(m.set))}
	for y := range m.h {
		for x := range m.w {
			out.set[x*m.h+y] = m.set[y*m.w+x]
		}
	}
	return out
}

// inkMask marks what is darker than its neighbourhood, by a local mean over an
// integral image.
func inkMask(luma *image.Gray, contrast int) mask {
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	sums := integral(luma)
	out := mask{w, h, make([]bool, w*h)}
	reach := max(w, h) / 60
	for y := range h {
		y0, y1 := max(y-reach, 0), min(y+reach+1, h)
		for x := range w {
			x0, x1 := max(x-reach, 0), min(x+reach+1, w)
			sum := sums[y1*(w+1)+x1] - sums[y0*(w+1)+x1] - sums[y1*(w+1)+x0] + sums[y0*(w+1)+x0]
			mean := int(sum) / ((x1 - x0) * (y1 - y0))
			out.set[y*w+x] = int(luma.Pix[y*luma.Stride+x]) < mean-contrast/2
		}
	}
	return out
}

func integral(luma *image.Gray) []uint32 {
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	sums := make([]uint32, (w+1)*(h+1))
	for y := range h {
		row := uint32(0)
		for x := range w {
			row += uint32(luma.Pix[y*luma.Stride+x])
			sums[(y+1)*(w+1)+x+1] = sums[y*(w+1)+x+1] + row
		}
	}
	return sums
}

// glyphHeights are the heights of connected ink that has the shape of print.
func glyphHeights(ink mask, widest int) []int {
	seen := make([]bool, len(ink.set))
	var heights, stack []int
	for start, set := range ink.set {
		if !set || seen[start] {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], start)
		x0, x1, y0, y1 := ink.w, 0, ink.h, 0
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%ink.w, i/ink.w
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
			for _, n := range [...]int{i - 1, i + 1, i - ink.w, i + ink.w} {
				if n >= 0 && n < len(ink.set) && ink.set[n] && !seen[n] {
					seen[n] = true
					stack = append(stack, n)
				}
			}
		}
		w, h := x1-x0+1, y1-y0+1
		if h >= glyphLeast && h <= glyphMost && w*5 >= h && w <= h*widest {
			heights = append(heights, h)
		}
	}
	return heights
}

// edgeWidths measures edges where ink begins or ends along every third row.
func edgeWidths(luma *image.Gray, ink mask, contrast int) []float64 {
	var widths []float64
	for y := 1; y < ink.h-1; y += 3 {
		row := luma.Pix[y*luma.Stride : y*luma.Stride+ink.w]
		for x := 1; x < ink.w; x++ {
			if ink.set[y*ink.w+x] == ink.set[y*ink.w+x-1] {
				continue
			}
			if w := edgeAt(row, x, contrast); !math.IsNaN(w) {
				widths = append(widths, w)
			}
		}
	}
	return widths
}

// edgeAt follows the monotone rise or fall around x and returns the distance
// between its 20 and 80 % points in pixels, NaN when the contrast is too low.
func edgeAt(row []uint8, x, contrast int) float64 {
	sign := 1
	if row[x] < row[x-1] {
		sign = -1
	}
	from, to := x-1, x
	for from > 0 && x-from < edgeReach && sign*(int(row[from])-int(row[from-1])) > 0 {
		from--
	}
	for to < len(row)-1 && to-x < edgeReach && sign*(int(row[to+1])-int(row[to])) > 0 {
		to++
	}
	low, high := float64(row[from]), float64(row[to])
	if math.Abs(high-low) < float64(contrast) {
		return math.NaN()
	}
	return crossing(row[from:to+1], low+0.8*(high-low)) - crossing(row[from:to+1], low+0.2*(high-low))
}

// crossing is where a monotone profile passes the level, between pixels.
func crossing(profile []uint8, level float64) float64 {
	rising := profile[len(profile)-1] > profile[0]
	for i := 1; i < len(profile); i++ {
		a, b := float64(profile[i-1]), float64(profile[i])
		if rising && b >= level || !rising && b <= level {
			return float64(i-1) + (level-a)/(b-a)
		}
	}
	return float64(len(profile) - 1)
}
