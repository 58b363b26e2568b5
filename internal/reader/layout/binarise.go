// Package layout finds print on a page by its shape alone: ink, the boxes that
// ink forms, runs of evenly spaced figures and lines of text. It reads nothing
// and knows no document.
package layout

import (
	"image"
	"math"
)

// Bitmap says for each pixel whether it is ink.
type Bitmap struct {
	W, H int
	Ink  []bool
}

// Binarise calls a pixel ink when it is darker than the mean of the window
// around it by the given number of standard deviations, and by at least floor
// grey levels, so that flat paper stays paper.
func Binarise(g *image.Gray, window int, deviations, floor float64) *Bitmap {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sum, square := integrals(g)
	b := &Bitmap{W: w, H: h, Ink: make([]bool, w*h)}
	r := window / 2
	for y := range h {
		y0, y1 := max(y-r, 0), min(y+r+1, h)
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		for x, v := range row {
			x0, x1 := max(x-r, 0), min(x+r+1, w)
			n := float64((x1 - x0) * (y1 - y0))
			a, c, d, e := y0*(w+1)+x0, y0*(w+1)+x1, y1*(w+1)+x0, y1*(w+1)+x1
			mean := float64(sum[e]-sum[c]-sum[d]+sum[a]) / n
			gap := mean - float64(v)
			if gap <= floor {
				continue
			}
			variance := float64(square[e]-square[c]-square[d]+square[a])/n - mean*mean
			b.Ink[y*w+x] = gap > deviations*math.Sqrt(max(variance, 0))
		}
	}
	return b
}

// integrals are summed-area tables of the values and of their squares, with a
// border of zeros at the top and left. The squares of a large page overflow, which
// does no harm: the sum over a window of up to 256 by 256 pixels is right again.
func integrals(g *image.Gray) (sum, square []uint32) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sum, square = make([]uint32, (w+1)*(h+1)), make([]uint32, (w+1)*(h+1))
	for y := range h {
		var s, q uint32
		up, at := y*(w+1)+1, (y+1)*(w+1)+1
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			s += uint32(v)
			q += uint32(v) * uint32(v)
			sum[at+x] = sum[up+x] + s
			square[at+x] = square[up+x] + q
		}
	}
	return sum, square
}
