package imaging

import "image"

// A frame that runs off the picture: two thin lines, far apart, that meet the same
// side of the picture at a right angle. A whole frame ends in corners before it.
const (
	cutWork    = 900  // longest side of the copy that is looked at, pixels
	cutDepth   = 0.07 // of the picture is looked at along each side
	cutThin    = 6    // pixels to each side of a line that are paper
	cutDarker  = 14   // grey levels that a line lies below the paper on both sides
	cutFull    = 0.85 // of its length must be seen
	cutApart   = 0.55 // of the side lie between the lines, at least
	cutOutside = 0.25 // of the side from its ends: frames stand near the edges of a document
)

// cutSides names the sides at which the document's frame leaves the picture.
func cutSides(luma *image.Gray) []string {
	small := luma
	for max(small.Rect.Dx(), small.Rect.Dy()) > cutWork*3/2 {
		small = halved(small)
	}
	side := transposed(small)
	var out []string
	for _, s := range []struct {
		name   string
		m      *image.Gray
		bottom bool
	}{{"top", small, false}, {"right", side, true}, {"bottom", small, true}, {"left", side, false}} {
		if runsOff(s.m, s.bottom) {
			out = append(out, s.name)
		}
	}
	return out
}

// runsOff looks along the top of a picture, or along its bottom.
func runsOff(m *image.Gray, bottom bool) bool {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	depth := int(cutDepth * float64(h))
	if depth < 12 || w < 100 {
		return false
	}
	first, last := -1, -1
	for x := cutThin + 1; x < w-cutThin-1; x++ {
		if (x > int(cutOutside*float64(w)) && x < w-int(cutOutside*float64(w))) || lineAt(m, x, depth, bottom) < cutFull {
			continue
		}
		if first < 0 {
			first = x
		}
		last = x
	}
	return first >= 0 && float64(last-first) >= cutApart*float64(w)
}

// lineAt is the share of the rows at which a thin line stands at x, or beside it.
func lineAt(m *image.Gray, x, depth int, bottom bool) float64 {
	seen := 0
	for d := 1; d <= depth; d++ {
		y := d
		if bottom {
			y = m.Rect.Dy() - 1 - d
		}
		row := m.Pix[y*m.Stride:]
		dark := min(int(row[x-1]), int(row[x]), int(row[x+1])) + cutDarker
		if dark <= int(row[x-cutThin]) && dark <= int(row[x+cutThin]) {
			seen++
		}
	}
	return float64(seen) / float64(depth)
}

// halved averages four pixels to one.
func halved(m *image.Gray) *image.Gray {
	w, h := m.Rect.Dx()/2, m.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := m.Pix[2*y*m.Stride:], m.Pix[(2*y+1)*m.Stride:]
		for x := range w {
			out.Pix[y*w+x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}
