package imaging

import (
	"image"
	"testing"
)

func TestABarIsFlatDarkStraightAndInside(t *testing.T) {
	bar := func(x0, y0, x1, y1 int, grey uint8) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, 1200, 800))
		for i := range g.Pix {
			g.Pix[i] = 240
		}
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				g.Pix[y*g.Stride+x] = grey
			}
		}
		return g
	}
	ragged := bar(300, 300, 700, 360, 20)
	for x := 300; x < 700; x += 80 { // print, not a bar
		for y := 300; y < 360; y++ {
			for i := range 40 {
				ragged.Pix[y*ragged.Stride+x+i] = 240
			}
		}
	}
	for rule, c := range map[string]struct {
		g     *image.Gray
		found bool
	}{
		"a black bar over a line": {bar(300, 300, 700, 350, 15), true},
		"an upright one":          {bar(300, 200, 350, 600, 15), true},
		"a grey one":              {bar(300, 300, 700, 350, 90), true},
		"a pale one is paper":     {bar(300, 300, 700, 350, 190), false},
		"a line of the frame":     {bar(100, 300, 1100, 306, 15), false},
		"a desk at the edge":      {bar(0, 0, 1200, 100, 15), false},
		"a square portrait":       {bar(300, 300, 500, 500, 15), false},
		"print":                   {ragged, false},
	} {
		if got := covered(c.g, 240); (got != nil) != c.found {
			t.Errorf("%s: %+v", rule, got)
		}
	}
}
