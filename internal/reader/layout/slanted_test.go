package layout

import (
	"image"
	"math"
	"testing"
)

// written is a page with a row of square letters at an angle, as grey as given, and
// a line of black print.
func written(angle float64, grey uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 900, 640))
	for i := range g.Pix {
		g.Pix[i] = 245
	}
	for x := 100; x < 800; x++ {
		for y := 60; y < 160; y++ {
			if y%34 < 20 && x%24 < 14 && (x/7+y/5)%2 == 0 {
				g.Pix[y*g.Stride+x] = 20
			}
		}
	}
	sin, cos := math.Sincos(angle)
	for y := range 640 {
		for x := range 900 {
			a, b := float64(x-450)*cos+float64(y-340)*sin, float64(y-340)*cos-float64(x-450)*sin
			if math.Abs(a) < 200 && math.Abs(b) < 13 && int(a+400)%30 < 22 && (int(a+400)/4+int(b+40)/5)%3 != 0 {
				g.Pix[y*g.Stride+x] = grey
			}
		}
	}
	return g
}

func TestStripesArePalePrintAtASlant(t *testing.T) {
	for rule, c := range map[string]struct {
		angle float64
		grey  uint8
		found bool
	}{
		"rising":               {-0.4, 190, true},
		"falling":              {0.5, 190, true},
		"level print is none":  {0, 190, false},
		"black print is none":  {-0.4, 20, false},
		"paper's own pattern":  {-0.4, 240, false},
		"upright print is not": {math.Pi / 2, 190, false},
	} {
		got := Stripes(Pale(written(c.angle, c.grey)))
		if len(got) > 0 != c.found {
			t.Errorf("%s: %+v", rule, got)
			continue
		}
		if c.found && (math.Abs(got[0].Angle-c.angle) > 0.05 || math.Abs(got[0].X-450) > 20 || math.Abs(got[0].High-26) > 12) {
			t.Errorf("%s: %+v", rule, got[0])
		}
	}
}

// shaded lays a grey disc, as large as a portrait, on a page.
func shaded(g *image.Gray, cx, cy, r int) *image.Gray {
	for y := max(cy-r, 0); y < min(cy+r, g.Rect.Dy()); y++ {
		for x := max(cx-r, 0); x < min(cx+r, g.Rect.Dx()); x++ {
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r {
				g.Pix[y*g.Stride+x] = 150
			}
		}
	}
	return g
}

// Rule: what lines up across the page is found where it touches other pale print, too,
// and a portrait, a pattern or level print does not line up.
func TestRowsLineUpAcrossThePage(t *testing.T) {
	for rule, c := range map[string]struct {
		page  *image.Gray
		angle float64
		found bool
	}{
		"rising":                  {written(-0.4, 190), -0.4, true},
		"falling":                 {written(0.5, 190), 0.5, true},
		"a portrait over its end": {shaded(written(-0.4, 190), 700, 260, 110), -0.4, true},
		"a portrait alone":        {shaded(written(-0.4, 245), 700, 260, 110), 0, false},
		"black print is none":     {written(-0.4, 20), 0, false},
	} {
		got := Rows(Pale(c.page))
		if len(got) > 0 != c.found {
			t.Errorf("%s: %+v", rule, got)
			continue
		}
		if c.found && (math.Abs(got[0].Angle-c.angle) > 0.05 || math.Abs(got[0].X*math.Sin(c.angle)-got[0].Y*math.Cos(c.angle)-450*math.Sin(c.angle)+340*math.Cos(c.angle)) > 14) {
			t.Errorf("%s: %+v", rule, got[0])
		}
	}
}

func TestTinyPagesHaveNoStripes(t *testing.T) {
	for _, side := range []int{0, 1, 5, 17} {
		pale := Pale(image.NewGray(image.Rect(0, 0, side, side)))
		if got := append(Stripes(pale), Rows(pale)...); len(got) != 0 {
			t.Errorf("%d: %+v", side, got)
		}
	}
}
