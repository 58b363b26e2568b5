package imaging

import "image"

// A screenshot of a telephone: a picture clearly higher than wide, at whose top and
// bottom stand flat bars with a few signs on them, the same grey from side to side as
// no camera takes them.
const (
	screenHigh = 1.6  // times as high as wide, at least
	barFlat    = 4    // grey levels that a bar's rows differ by
	barEven    = 0.6  // of each row is the bar itself
	barPrint   = 0.02 // of some row is something else: clock, battery, buttons
	barLow     = 0.02 // of the height, at least
	barTop     = 0.42
)

// screenshot reports whether both bars are there.
func screenshot(luma *image.Gray) bool {
	if float64(luma.Rect.Dy()) < screenHigh*float64(luma.Rect.Dx()) {
		return false
	}
	return flatBar(luma, 0, 1) && flatBar(luma, luma.Rect.Dy()-1, -1)
}

// flatBar follows the rows from an edge as long as they are the bar's.
func flatBar(m *image.Gray, from, step int) bool {
	h := m.Rect.Dy()
	grey, high, printed := -1, 0, false
	for y := from; y >= 0 && y < h; y += step {
		level, share := flatRow(m.Pix[y*m.Stride : y*m.Stride+m.Rect.Dx()])
		if grey < 0 {
			grey = level
		}
		if share < barEven || level < grey-barFlat || level > grey+barFlat {
			break
		}
		high++
		printed = printed || share < 1-barPrint
	}
	return printed && float64(high) >= barLow*float64(h) && float64(high) <= barTop*float64(h)
}

// flatRow is the middle grey of a row and the share of it that is of this grey.
func flatRow(row []uint8) (level int, share float64) {
	var histogram [256]int
	for _, v := range row {
		histogram[v]++
	}
	level = middle(histogram[:], len(row))
	n := 0
	for v := max(level-barFlat, 0); v <= min(level+barFlat, 255); v++ {
		n += histogram[v]
	}
	return level, float64(n) / float64(len(row))
}
