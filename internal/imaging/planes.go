package imaging

import (
	"image"
	"image/color"
)

// planes turns whatever the decoder gave into three planes no longer than
// maxWork on a side.
func planes(img image.Image) *Image {
	b := img.Bounds()
	step := 1
	for max(b.Dx(), b.Dy())/step > maxWork {
		step *= 2
	}
	out := newImage(max(b.Dx()/step, 1), max(b.Dy()/step, 1))
	row := rowReader(img)
	sums := make([][3]uint32, out.Width)
	line := make([]uint8, 3*b.Dx())
	for y := range out.Height {
		clear(sums)
		for dy := range step {
			row(y*step+dy, line)
			for x := range out.Width * step {
				s := &sums[x/step]
				s[0], s[1], s[2] = s[0]+uint32(line[3*x]), s[1]+uint32(line[3*x+1]), s[2]+uint32(line[3*x+2])
			}
		}
		out.setRow(y, sums, uint32(step*step))
	}
	return out
}

func newImage(w, h int) *Image {
	r := image.Rect(0, 0, w, h)
	return &Image{w, h, image.NewGray(r), image.NewGray(r), image.NewGray(r)}
}

func (m *Image) setRow(y int, sums [][3]uint32, n uint32) {
	at := y * m.R.Stride
	for x, s := range sums {
		m.R.Pix[at+x], m.G.Pix[at+x], m.B.Pix[at+x] = uint8(s[0]/n), uint8(s[1]/n), uint8(s[2]/n)
	}
}

// rowReader returns a function that fills a line with the RGB of one row. The
// decoder's own models are read directly, anything else by its interface.
func rowReader(img image.Image) func(y int, line []uint8) {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		return func(y int, line []uint8) {
			for x, v := range m.Pix[y*m.Stride : y*m.Stride+b.Dx()] {
				line[3*x], line[3*x+1], line[3*x+2] = v, v, v
			}
		}
	case *image.YCbCr:
		return func(y int, line []uint8) { ycbcrRow(m, b.Min.Y+y, line) }
	}
	return func(y int, line []uint8) {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA) // that model's type
			line[3*x], line[3*x+1], line[3*x+2] = c.R, c.G, c.B
		}
	}
}

func ycbcrRow(m *image.YCbCr, y int, line []uint8) {
	for x := range m.Rect.Dx() {
		at := m.COffset(m.Rect.Min.X+x, y)
		r, g, b := color.YCbCrToRGB(m.Y[m.YOffset(m.Rect.Min.X+x, y)], m.Cb[at], m.Cr[at])
		line[3*x], line[3*x+1], line[3*x+2] = r, g, b
	}
}

// upright turns and mirrors by the EXIF orientation.
func upright(m *Image, orientation int) *Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	w, h := m.Width, m.Height
	if orientation >= 5 {
		w, h = h, w
	}
	out := newImage(w, h)
	for _, p := range []struct{ from, to *image.Gray }{{m.R, out.R}, {m.G, out.G}, {m.B, out.B}} {
		turn(p.from, p.to, orientation)
	}
	return out
}

// Turned is the picture turned clockwise by quarter turns; itself by none.
func (m *Image) Turned(quarters int) *Image {
	return upright(m, [4]int{1, 6, 3, 8}[quarters&3])
}

// turn fills to with from as a viewer shows it (CIPA DC-008, table 6: which side
// of the stored picture is the top and which the left).
func turn(from, to *image.Gray, orientation int) {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			to.Pix[y*to.Stride+x] = from.Pix[sy*from.Stride+sx]
		}
	}
}

// luma is the brightness plane (ITU-R BT.601 weights).
func (m *Image) luma() *image.Gray {
	out := image.NewGray(m.R.Rect)
	for i := range out.Pix {
		out.Pix[i] = uint8((299*int(m.R.Pix[i]) + 587*int(m.G.Pix[i]) + 114*int(m.B.Pix[i]) + 500) / 1000)
	}
	return out
}
