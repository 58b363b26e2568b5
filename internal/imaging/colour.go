package imaging

import "realname/internal/review"

// The mean chroma below which a picture has no colour at all, and above which
// it surely has. A grey copy photographed in warm light keeps some chroma, so
// what lies between is unknown and nobody is refused for it.
const (
	greyChroma   = 2.0
	colourChroma = 6.0
)

// chroma is the mean distance of all pixels from grey: the largest difference
// of two planes.
func chroma(m *Image) float64 {
	total := 0
	for i, r := range m.R.Pix {
		g, b := m.G.Pix[i], m.B.Pix[i]
		total += int(max(r, g, b)) - int(min(r, g, b))
	}
	return float64(total) / float64(len(m.R.Pix))
}

func colour(chroma float64) review.Answer {
	switch {
	case chroma < greyChroma:
		return review.No
	case chroma > colourChroma:
		return review.Yes
	}
	return review.Unknown
}
