package specimen

import (
	"image"
	"image/color"
	"math"
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

// screen shows the page on a display, which a camera sees at a slight angle: each of
// its pixels is three upright bars, parted by dark lines.
func screen(m *image.RGBA, rng *rand.Rand) *image.RGBA {
	pitch := 1.4 + 3*rng.Float64() // pixels of the camera for one of the display
	sin, cos := math.Sincos((0.02 + 0.12*rng.Float64()) * float64(1-2*rng.IntN(2)))
	depth := 0.1 + 0.1*rng.Float64()
	dip := func(at float64) float64 { return 1 - depth*(0.5+0.5*math.Cos(2*math.Pi*at)) }
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			u, v := (float64(x)*cos-float64(y)*sin)/pitch, (float64(x)*sin+float64(y)*cos)/pitch
			for c := range 3 {
				i := m.PixOffset(x, y) + c
				m.Pix[i] = uint8(float64(m.Pix[i]) * dip(v) * dip(u+float64(c)/3))
			}
		}
	}
	return m
}
