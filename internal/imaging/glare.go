package imaging

import (
	"image"

	"realname/internal/review"
)

// A saturated cell: flash or lamp light that burnt the print away. White paper
// peaks near 250 in a photo; a scanner that clips paper to 255 trips this, so
// the blob alone is no verdict (13 of 25 blobs on real photos were none).
const (
	glareCell  = 16 // pixels
	glareMean  = 252
	glareMin   = 246
	glareLeast = 12 // cells
)

// glare finds the largest connected blob of saturated cells and its share of
// the picture.
func glare(luma *image.Gray) (*review.Box, float64) {
	cols, rows := luma.Rect.Dx()/glareCell, luma.Rect.Dy()/glareCell
	if cols*rows == 0 {
		return nil, 0
	}
	burnt := make([]bool, cols*rows)
	for i := range burnt {
		burnt[i] = saturated(luma, i%cols*glareCell, i/cols*glareCell)
	}
	best, box := 0, review.Box{}
	for i := range burnt {
		if burnt[i] {
			if n, b := flood(burnt, cols, i); n > best {
				best, box = n, b
			}
		}
	}
	if best < glareLeast || best > len(burnt)/2 { // half the picture is a white background
		return nil, 0
	}
	box.X, box.Y, box.W, box.H = box.X*glareCell, box.Y*glareCell, box.W*glareCell, box.H*glareCell
	return &box, float64(best) / float64(len(burnt))
}

func saturated(luma *image.Gray, left, top int) bool {
	sum := 0
	for y := top; y < top+glareCell; y++ {
		for _, v := range luma.Pix[y*luma.Stride+left : y*luma.Stride+left+glareCell] {
			if v < glareMin {
				return false
			}
			sum += int(v)
		}
	}
	return sum >= glareMean*glareCell*glareCell
}

// flood counts and clears the blob of a cell, and gives its box in cells.
func flood(cells []bool, cols, start int) (int, review.Box) {
	cells[start] = false
	stack, n, box := []int{start}, 0, review.Box{}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n++
		x, y := i%cols, i/cols
		box = union(box, review.Box{X: x, Y: y, W: 1, H: 1})
		for _, next := range []struct{ i, dx int }{{i - 1, -1}, {i + 1, 1}, {i - cols, 0}, {i + cols, 0}} {
			inRow := x+next.dx >= 0 && x+next.dx < cols
			if inRow && next.i >= 0 && next.i < len(cells) && cells[next.i] {
				cells[next.i] = false
				stack = append(stack, next.i)
			}
		}
	}
	return n, box
}
