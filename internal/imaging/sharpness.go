package imaging

import (
	"image"
	"math"
	"slices"
)

const (
	edgeContrast = 40 // grey levels that a text edge rises at least
	edgeReach    = 24 // pixels that an edge may take
	edgesLeast   = 30 // fewer edges are no text
	glyphLeast   = 8  // pixels a glyph is high
	glyphMost    = 90
)

// edgeRatio is the width of text edges from 20 to 80 % of their contrast over
// the height of the print. It does not depend on contrast, and hardly on
// resolution. Sharp print is below 0.06; on real photos 0.13 and more was blurred
// by hand or lens every time, and no sharp licence reached it. Negative when
// there is too little print to tell.
func edgeRatio(luma *image.Gray) float64 {
	ink := inkMask(luma)
	heights := glyphHeights(ink)
	if len(heights) < edgesLeast {
		return -1
	}
	slices.Sort(heights)
	height := heights[len(heights)/2]
	widths := edgeWidths(luma, ink)
	if len(widths) < edgesLeast {
		return -1
	}
	slices.Sort(widths)
	return widths[len(widths)/2] / float64(height)
}

// mask marks pixels.
type mask struct {
	w, h int
	set  []bool
}

// inkMask marks what is darker than its neighbourhood, by a local mean over an
// integral image.
func inkMask(luma *image.Gray) mask {
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
			out.set[y*w+x] = int(luma.Pix[y*luma.Stride+x]) < mean-edgeContrast/2
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
func glyphHeights(ink mask) []int {
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
		if h >= glyphLeast && h <= glyphMost && w*5 >= h && w <= h*4 {
			heights = append(heights, h)
		}
	}
	return heights
}

// edgeWidths measures edges where ink begins or ends along every third row.
func edgeWidths(luma *image.Gray, ink mask) []float64 {
	var widths []float64
	for y := 1; y < ink.h-1; y += 3 {
		row := luma.Pix[y*luma.Stride : y*luma.Stride+ink.w]
		for x := 1; x < ink.w; x++ {
			if ink.set[y*ink.w+x] == ink.set[y*ink.w+x-1] {
				continue
			}
			if w := edgeAt(row, x); !math.IsNaN(w) {
				widths = append(widths, w)
			}
		}
	}
	return widths
}

// edgeAt follows the monotone rise or fall around x and returns the distance
// between its 20 and 80 % points in pixels, NaN when the contrast is too low.
func edgeAt(row []uint8, x int) float64 {
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
	if math.Abs(high-low) < edgeContrast {
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
