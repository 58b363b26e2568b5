package imaging

import "realname/internal/review"

const (
	sealCells = 24   // cells along the longer side
	redness   = 50   // how far red lies above green and blue in seal ink
	cellRed   = 0.12 // share of red pixels that makes a cell red
	minCells  = 6    // red cells of a seal
)

// seal looks for the red of a seal in the lower two thirds. Yes is to be
// trusted; that none was found is not, since electronic licences carry none and
// grey copies lose it, so the answer is then unknown.
func seal(m *Image) (review.Answer, *review.Box) {
	size := max(m.Width, m.Height)/sealCells + 1
	found := 0
	var box review.Box
	for top := m.Height / 3; top+size <= m.Height; top += size {
		for left := 0; left+size <= m.Width; left += size {
			if redShare(m, left, top, size) < cellRed {
				continue
			}
			found++
			box = union(box, review.Box{X: left, Y: top, W: size, H: size})
		}
	}
	if found < minCells {
		return review.Unknown, nil
	}
	return review.Yes, &box
}

func redShare(m *Image, left, top, size int) float64 {
	red := 0
	for y := top; y < top+size; y++ {
		for x := left; x < left+size; x++ {
			i := y*m.R.Stride + x
			if int(m.R.Pix[i])-int(max(m.G.Pix[i], m.B.Pix[i])) > redness {
				red++
			}
		}
	}
	return float64(red) / float64(size*size)
}

// union is the smallest box that holds both; an empty box holds nothing.
func union(a, b review.Box) review.Box {
	if a.W == 0 {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return review.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}
