package specimen

import (
	"image"
	"image/color"
	"math/rand/v2"

	"github.com/fogleman/gg"
	"golang.org/x/image/draw"

	"realname/internal/review"
)

// another is a specimen of the same kind with another holder.
func another(p Spec, rng *rand.Rand) Spec {
	before := p.Printed
	for p.Printed.Number == before.Number || p.Printed.Name == before.Name {
		if p.Role == review.Licence {
			p.Printed.Number, p.Printed.Name = CreditCode(rng), Company(rng)
		} else {
			p.Printed.Number, p.Printed.Name = PersonNumber(rng, p.Type), Person(rng)
		}
	}
	return p
}

// beside lays two pages on a desk, along their shorter sides.
func beside(a, b *image.RGBA) *image.RGBA {
	const gap = 30
	w, h := a.Rect.Dx(), a.Rect.Dy()
	size, at := image.Rect(0, 0, w, 2*h+gap), image.Pt(0, h+gap)
	if h > w {
		size, at = image.Rect(0, 0, 2*w+gap, h), image.Pt(w+gap, 0)
	}
	out := image.NewRGBA(size)
	draw.Draw(out, out.Rect, image.NewUniform(color.RGBA{150, 120, 90, 255}), image.Point{}, draw.Src)
	draw.Draw(out, a.Rect, a, image.Point{}, draw.Src)
	draw.Draw(out, b.Rect.Add(at), b, image.Point{}, draw.Src)
	return out
}

// phone shows the page in a picture viewer on a telephone: a bar with the clock
// above, one with buttons below.
func phone(m *image.RGBA, _ *rand.Rand) *image.RGBA {
	const width, high, top, bottom = 1080, 2340, 92, 150
	s := &sheet{Context: gg.NewContext(width, high)}
	s.fonts, s.err = fonts()
	s.SetColor(color.RGBA{24, 24, 26, 255})
	s.Clear()
	page := resize(m, width)
	out := s.Image().(*image.RGBA) // gg draws on that type
	draw.Draw(out, page.Rect.Add(image.Pt(0, (high-page.Rect.Dy())/2)), page, image.Point{}, draw.Src)
	s.SetColor(color.RGBA{238, 238, 240, 255})
	s.DrawRectangle(0, 0, width, top)
	s.DrawRectangle(0, high-bottom, width, bottom)
	s.Fill()
	s.text(s.fonts.sans, 40, ink, 40, 60, "12:30")
	s.text(s.fonts.sans, 40, ink, width-190, 60, "5G 80%")
	for i := range 3 {
		s.DrawRectangle(width/4*float64(i+1)-22, high-bottom/2-22, 44, 44)
	}
	s.SetColor(ink)
	s.SetLineWidth(5)
	s.Stroke()
	return out
}
