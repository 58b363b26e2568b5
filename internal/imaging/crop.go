package imaging

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"realname/internal/review"
)

// Cut is a part of a picture, in colour, that can be drawn on and encoded.
type Cut struct{ *image.RGBA }

// Cut copies the part of a picture that a box covers, scaled down by averaging so
// that neither side exceeds longest pixels. What lies outside of the picture is
// left out.
func (m *Image) Cut(b review.Box, longest int) Cut {
	r := image.Rect(b.X, b.Y, b.X+b.W, b.Y+b.H).Intersect(image.Rect(0, 0, m.Width, m.Height))
	step := 1
	for max(r.Dx(), r.Dy())/step > longest {
		step++
	}
	out := image.NewRGBA(image.Rect(0, 0, max(r.Dx()/step, 1), max(r.Dy()/step, 1)))
	if r.Empty() {
		return Cut{out}
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetRGBA(x, y, m.mean(image.Rect(0, 0, step, step).Add(image.Pt(r.Min.X+x*step, r.Min.Y+y*step)).Intersect(r)))
		}
	}
	return Cut{out}
}

// mean is the mean colour of a part of the picture.
func (m *Image) mean(r image.Rectangle) color.RGBA {
	var sum [3]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i := y*m.R.Stride + r.Min.X; i < y*m.R.Stride+r.Max.X; i++ {
			sum[0], sum[1], sum[2] = sum[0]+int(m.R.Pix[i]), sum[1]+int(m.G.Pix[i]), sum[2]+int(m.B.Pix[i])
		}
	}
	n := max(r.Dx()*r.Dy(), 1)
	return color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}

// Hide paints all but one part in one colour: nothing of what stood there is left
// to be guessed at, as it is behind a mosaic or a blur.
func (c Cut) Hide(keep image.Rectangle, v color.RGBA) { c.paint(c.Rect, keep, v) }

func (c Cut) paint(r, keep image.Rectangle, v color.RGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if !image.Pt(x, y).In(keep) {
				c.SetRGBA(x, y, v)
			}
		}
	}
}

// Frame draws the outline of a rectangle, so many pixels wide.
func (c Cut) Frame(r image.Rectangle, width int, v color.RGBA) {
	c.paint(r.Intersect(c.Rect), r.Inset(width), v)
}

// JPEG encodes the part anew: nothing of the upload's file survives but these
// pixels, no EXIF either.
func (c Cut) JPEG() ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, c.RGBA, &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("encode crop: %w", err)
	}
	return b.Bytes(), nil
}
