package imaging

import (
	"image"

	"realname/internal/review"
)

// A bar that hides print: flat, dark, straight on all sides and away from the edge
// of the picture, where a dark desk shows.
const (
	barCell   = 10   // pixels
	barRange  = 40   // grey levels that a flat cell may differ in: noise and JPEG
	barDark   = 0.45 // of the bright paper at most
	barLong   = 2.0  // times as long as high, at least
	barFull   = 0.9  // of its box must be flat and dark
	barLeast  = 0.0012
	barMost   = 0.1 // of the page
	barMargin = 0.015
)

// covered finds the largest bar, nil when there is none.
func covered(luma *image.Gray, bright float64) *review.Box {
	cols, rows := luma.Rect.Dx()/barCell, luma.Rect.Dy()/barCell
	dark := make([]bool, cols*rows)
	for i := range dark {
		dark[i] = flatDark(luma, i%cols*barCell, i/cols*barCell, int(barDark*bright))
	}
	var best *review.Box
	for i := range dark {
		if !dark[i] {
			continue
		}
		n, b := flood(dark, cols, i)
		if isBar(n, b, cols, rows) && (best == nil || b.W*b.H > best.W*best.H) {
			best = &b
		}
	}
	if best != nil {
		best.X, best.Y, best.W, best.H = best.X*barCell, best.Y*barCell, best.W*barCell, best.H*barCell
	}
	return best
}

// isBar judges a blob of so many cells by its box, in cells.
func isBar(n int, b review.Box, cols, rows int) bool {
	area, page := float64(b.W*b.H), float64(cols*rows)
	marginX, marginY := int(barMargin*float64(cols))+1, int(barMargin*float64(rows))+1
	inside := b.X >= marginX && b.Y >= marginY && b.X+b.W <= cols-marginX && b.Y+b.H <= rows-marginY
	long := float64(max(b.W, b.H)) >= barLong*float64(min(b.W, b.H))
	return inside && long && min(b.W, b.H) >= 2 && float64(n) >= barFull*area && area >= barLeast*page && area <= barMost*page
}

func flatDark(luma *image.Gray, left, top, most int) bool {
	lo, hi := 255, 0
	for y := top; y < top+barCell; y++ {
		for _, v := range luma.Pix[y*luma.Stride+left : y*luma.Stride+left+barCell] {
			lo, hi = min(lo, int(v)), max(hi, int(v))
			if hi > most || hi-lo > barRange {
				return false
			}
		}
	}
	return true
}
