package imaging

import (
	"image"

	"realname/internal/review"
)

// Measure looks at the pixels. Every measure is its own file, with where it
// comes from and how far it is to be trusted.
func Measure(m *Image) review.Picture {
	luma := m.luma()
	p := review.Picture{Width: m.Width, Height: m.Height, Sides: -1}
	p.MeanLuma, p.DarkLuma, p.BrightLuma = exposure(luma)
	p.LightRatio = lightRatio(luma)
	p.Chroma = chroma(m)
	p.Colour = colour(p.Chroma)
	ink := inkMask(luma, looks[0].contrast)
	p.EdgeRatio = edgeRatio(luma, ink)
	p.Typed = typed(m, luma, ink)
	p.Glare, p.GlareShare = glare(luma)
	p.Covered = covered(luma, p.BrightLuma)
	p.Seal, p.SealBox = seal(m)
	p.CutSides = cutSides(luma)
	p.Moire = moire(luma)
	if screenshot(luma) {
		p.Screen = review.Yes
	}
	return p
}

// exposure is the mean, the 1st and the 95th percentile of the brightness. Dark
// photos have a 95th percentile of 93 to 101 where others have 234 and more.
func exposure(luma *image.Gray) (mean, dark, bright float64) {
	var histogram [256]int
	total := 0
	for _, v := range luma.Pix {
		histogram[v]++
		total += int(v)
	}
	n := len(luma.Pix)
	return float64(total) / float64(n), percentile(histogram[:], n, 0.01), percentile(histogram[:], n, 0.95)
}

func percentile(histogram []int, n int, share float64) float64 {
	left := int(share * float64(n))
	for v, count := range histogram {
		if left -= count; left < 0 {
			return float64(v)
		}
	}
	return float64(len(histogram) - 1)
}

// lightCells is how many cells a side has for the light across the paper.
const lightCells = 8

// lightRatio compares the brightest with the darkest part of the paper: the
// 90th percentile of each cell of the middle, where the document is. Above 5 a
// photo was lit from one side (2 of 2 on real photos, none wrong).
func lightRatio(luma *image.Gray) float64 {
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	darkest, brightest := 255.0, 1.0
	for cy := 1; cy < lightCells-1; cy++ {
		for cx := 1; cx < lightCells-1; cx++ {
			var histogram [256]int
			n := 0
			for y := cy * h / lightCells; y < (cy+1)*h/lightCells; y += 2 {
				for x := cx * w / lightCells; x < (cx+1)*w/lightCells; x += 2 {
					histogram[luma.Pix[y*luma.Stride+x]]++
					n++
				}
			}
			if n > 0 {
				v := max(percentile(histogram[:], n, 0.9), 1)
				darkest, brightest = min(darkest, v), max(brightest, v)
			}
		}
	}
	return max(brightest/darkest, 1)
}
