package imaging

// topStep is at every how many pixels the colour is looked at.
const topStep = 3

// TopChroma measures how far the most coloured hundredth of a certificate's upper
// half stands out from the tint of its paper: the emblem, a red or golden title. A
// grey copy has neither, even with a red stamp below and photographed in warm light.
// The sides are left out, since there a desk may show. It is at least 1; 0 means that
// there was nothing to measure.
func TopChroma(m *Image, quarters int) float64 {
	w, h := m.Width, m.Height
	if quarters&1 == 1 {
		w, h = h, w
	}
	var red, blue [511]int
	var seen [][2]int
	for y := h / 20; y < h/2; y += topStep {
		for x := w / 5; x < w*4/5; x += topStep {
			i := m.at(x, y, quarters)
			r, b := int(m.R.Pix[i])-int(m.G.Pix[i]), int(m.B.Pix[i])-int(m.G.Pix[i])
			red[r+255]++
			blue[b+255]++
			seen = append(seen, [2]int{r, b})
		}
	}
	if len(seen) == 0 {
		return 0
	}
	paperRed, paperBlue := middle(red[:], len(seen))-255, middle(blue[:], len(seen))-255
	var far [512]int
	for _, p := range seen {
		far[max(p[0]-paperRed, paperRed-p[0], p[1]-paperBlue, paperBlue-p[1])]++
	}
	return max(percentile(far[:], len(seen), 0.99), 1)
}

func middle(histogram []int, n int) int { return int(percentile(histogram, n, 0.5)) }

// at is the place of a pixel of the picture turned clockwise by quarter turns.
func (m *Image) at(x, y, quarters int) int {
	switch quarters & 3 {
	case 1:
		x, y = y, m.Height-1-x
	case 2:
		x, y = m.Width-1-x, m.Height-1-y
	case 3:
		x, y = m.Width-1-y, x
	}
	return y*m.R.Stride + x
}
