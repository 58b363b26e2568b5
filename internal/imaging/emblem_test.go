package imaging

import (
	"image"
	"image/color"
	"testing"

	"realname/internal/review"
)

// withDisc is a page with a red disc whose middle lies at shares of its sides.
func withDisc(w, h int, fx, fy float64, c color.RGBA) *Image {
	m := newImage(w, h)
	cx, cy, r := fx*float64(w), fy*float64(h), 0.06*float64(w)
	for y := range h {
		for x := range w {
			i := y*m.R.Stride + x
			m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = 240, 236, 228
			if dx, dy := float64(x)-cx, float64(y)-cy; dx*dx+dy*dy < r*r {
				m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = c.R, c.G, c.B
			}
		}
	}
	return m
}

func TestTheEmblemIsFoundAtItsPlaceAlone(t *testing.T) {
	red, black := color.RGBA{200, 40, 40, 255}, color.RGBA{40, 40, 40, 255}
	for rule, c := range map[string]struct {
		m     *Image
		at    EmblemPlace
		turns []int
		want  review.Answer
	}{
		"at the top in the middle":           {withDisc(800, 600, 0.5, 0.15, red), OnCertificate, []int{0}, review.Yes},
		"a seal below is no emblem":          {withDisc(800, 600, 0.5, 0.8, red), OnCertificate, []int{0}, review.No},
		"a black one is a copy's":            {withDisc(800, 600, 0.5, 0.15, black), OnCertificate, []int{0}, review.No},
		"on the left of a card":              {withDisc(800, 600, 0.15, 0.25, red), OnCard, []int{0}, review.Yes},
		"upside down":                        {withDisc(800, 600, 0.5, 0.85, red), OnCertificate, []int{2}, review.Yes},
		"on its side, turned clockwise once": {withDisc(800, 600, 0.15, 0.5, red), OnCertificate, []int{1}, review.Yes},
		"any way up, when nobody knows":      {withDisc(800, 600, 0.85, 0.5, red), OnCertificate, []int{0, 1, 2, 3}, review.Yes},
		"nothing at all":                     {withDisc(800, 600, 0.5, 0.15, color.RGBA{240, 236, 228, 255}), OnCertificate, []int{0, 1, 2, 3}, review.No},
	} {
		got := Emblem(c.m, c.at, c.turns...)
		if got.Answer != c.want || (got.Box != nil) != (c.want == review.Yes) || got.Cut > 0 {
			t.Errorf("%s: %+v", rule, got)
		}
	}
}

func TestTheEmblemOfATinyPictureIsNoPanic(t *testing.T) {
	for _, r := range []image.Rectangle{image.Rect(0, 0, 1, 1), image.Rect(0, 0, 3, 900), image.Rect(0, 0, 900, 2)} {
		Emblem(newImage(r.Dx(), r.Dy()), OnCertificate, 0, 1, 2, 3)
	}
}

// Rule: an emblem that runs off the top of the picture is cut, whatever way the
// picture is turned; one that comes close to it, or a red desk beside it, is not.
func TestAnEmblemIsCutWhereItRunsOffThePicture(t *testing.T) {
	red := color.RGBA{200, 40, 40, 255}
	desk := withDisc(800, 600, 0.5, 0.15, red)
	for y := range 600 {
		for x := range 330 {
			i := y*desk.R.Stride + x
			desk.R.Pix[i], desk.G.Pix[i], desk.B.Pix[i] = 150, 60, 50
		}
	}
	for rule, c := range map[string]struct {
		m     *Image
		turns []int
		cut   bool
	}{
		"a fifth is gone":          {withDisc(800, 600, 0.5, 0.048, red), []int{0}, true},
		"half is gone":             {withDisc(800, 600, 0.5, 0, red), []int{0}, true},
		"seven tenths are gone":    {withDisc(800, 600, 0.5, -0.03, red), []int{0}, true},
		"half, upside down":        {withDisc(800, 600, 0.5, 1, red), []int{2}, true},
		"half, on its side":        {withDisc(800, 600, 0, 0.5, red), []int{0, 1, 2, 3}, true},
		"whole, close to the edge": {withDisc(800, 600, 0.5, 0.09, red), []int{0}, false},
		"whole, far from it":       {withDisc(800, 600, 0.5, 0.2, red), []int{0}, false},
		"whole, on a red desk":     {desk, []int{0}, false},
	} {
		if got := Emblem(c.m, OnCertificate, c.turns...); got.Cut >= 0.5 != c.cut || got.Answer == review.No {
			t.Errorf("%s: %+v", rule, got)
		}
	}
}
