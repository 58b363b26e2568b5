package specimen

import (
	"image"
	"image/color"
	"math/rand/v2"

	"github.com/fogleman/gg"
	"golang.org/x/image/draw"
)

// typed is the page as a camera sees it, greyer and softer than it is, its values
// painted over and typed anew in a drawing program.
func typed(m *image.RGBA, s *sheet, rng *rand.Rand) *image.RGBA {
	photo := boxBlur(m, 1, 1)
	for i := range photo.Pix {
		if i%4 != 3 {
			photo.Pix[i] = uint8(34 + int(photo.Pix[i])*4/5)
		}
	}
	over := &sheet{Context: gg.NewContextForRGBA(photo), fonts: s.fonts, err: s.err}
	for _, v := range s.values {
		patch := v.box.Inset(-3).Intersect(photo.Rect)
		if patch.Empty() {
			continue
		}
		draw.Draw(photo, patch, image.NewUniform(photo.RGBAAt(patch.Min.X, patch.Min.Y)), image.Point{}, draw.Src)
		over.text(s.fonts.sans, v.size*(0.86+0.1*rng.Float64()), color.Black, v.x+2*rng.Float64(), v.y-2*rng.Float64(), v.value)
	}
	return photo
}
