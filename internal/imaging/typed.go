package imaging

import (
	"image"
	"math"
	"slices"

	"realname/internal/review"
)

// Print that was typed over a photo is as black as a screen can make it and ends
// within a pixel, while the camera saw the rest of the page through its lens: greyer
// and softer. A page that is black all over, as scans are whose levels were
// stretched, has print of every grey in between; a page that was never
// photographed has the same edges everywhere.
const (
	typedBlack = 8  // grey levels of the darkest twentieth of a typed character, at most
	typedGrey  = 28 // from here on it is other print; between the two lies next to nothing
	typedTint  = 48 // levels that its colours may differ by: red and gold print is neither
	typedLong  = 3  // times as wide as high, at most: characters, not bars
)

// piece is one connected piece of ink that has the shape of a character.
type piece struct {
	box  review.Box
	core int     // grey level of its darkest twentieth, of the lightest of the three colours
	edge float64 // width of its edges along rows in pixels, from 20 to 80 % of their contrast
}

// typed compares the blackest print with the rest; nil without the one or the other.
func typed(m *Image, luma *image.Gray, ink mask) *review.Typed {
	var black, grey []float64
	var out review.Typed
	between := 0
	for _, p := range pieces(m, luma, ink) {
		switch {
		case p.core <= typedBlack:
			black = append(black, p.edge)
			out.Box = union(out.Box, p.box)
		case p.core < typedGrey:
			between++
		default:
			grey = append(grey, p.edge)
		}
	}
	if len(black) == 0 || len(grey) == 0 {
		return nil
	}
	out.Glyphs = len(black)
	out.Rest = float64(len(grey)) / float64(len(black)+between+len(grey))
	out.Between = float64(between) / float64(len(black))
	slices.Sort(black)
	slices.Sort(grey)
	out.Sharper = grey[len(grey)/2] / black[len(black)/2]
	return &out
}

// pieces lists the characters that have an edge to be measured.
func pieces(m *Image, luma *image.Gray, ink mask) []piece {
	seen := make([]bool, len(ink.set))
	var list []piece
	var members []int
	for start, set := range ink.set {
		if !set || seen[start] {
			continue
		}
		members = connected(ink, seen, start, members[:0])
		b := bounds(members, ink.w)
		if b.H < glyphLeast || b.H > glyphMost || b.W*5 < b.H || b.W > typedLong*b.H {
			continue
		}
		core, tint := inkOf(m, members)
		if e := edgeOf(luma, ink, b); e > 0 && tint <= typedTint {
			list = append(list, piece{b, core, e})
		}
	}
	return list
}

// connected gathers the ink that touches at sides, and marks it as seen.
func connected(ink mask, seen []bool, start int, members []int) []int {
	seen[start] = true
	members = append(members, start)
	for at := 0; at < len(members); at++ {
		i := members[at]
		for _, n := range [...]int{i - 1, i + 1, i - ink.w, i + ink.w} {
			if n >= 0 && n < len(ink.set) && ink.set[n] && !seen[n] {
				seen[n] = true
				members = append(members, n)
			}
		}
	}
	return members
}

func bounds(members []int, w int) review.Box {
	x0, y0, x1, y1 := w, members[0]/w, 0, 0
	for _, i := range members {
		x0, x1, y1 = min(x0, i%w), max(x1, i%w), max(y1, i/w)
	}
	return review.Box{X: x0, Y: y0, W: x1 - x0 + 1, H: y1 - y0 + 1}
}

// inkOf is the grey level that a twentieth of the pixels stays below, by the lightest of
// their colours, and by how much their colours differ in the mean.
func inkOf(m *Image, members []int) (core, tint int) {
	var histogram [256]int
	for _, i := range members {
		most := max(m.R.Pix[i], m.G.Pix[i], m.B.Pix[i])
		histogram[most]++
		tint += int(most - min(m.R.Pix[i], m.G.Pix[i], m.B.Pix[i]))
	}
	return int(percentile(histogram[:], len(members), 0.05)), tint / len(members)
}

// edgeOf is the median width of the edges in a box, 0 when there is none.
func edgeOf(luma *image.Gray, ink mask, b review.Box) float64 {
	var widths []float64
	for y := b.Y; y < b.Y+b.H; y++ {
		row := luma.Pix[y*luma.Stride : y*luma.Stride+ink.w]
		for x := max(b.X, 1); x <= min(b.X+b.W, ink.w-1); x++ {
			if ink.set[y*ink.w+x] == ink.set[y*ink.w+x-1] {
				continue
			}
			if e := edgeAt(row, x, looks[0].contrast); !math.IsNaN(e) {
				widths = append(widths, e)
			}
		}
	}
	if len(widths) == 0 {
		return 0
	}
	slices.Sort(widths)
	return widths[len(widths)/2]
}
