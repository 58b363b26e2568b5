package specimen

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/fogleman/gg"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// Fault is something that goes wrong with pictures of documents.
type Fault string

// The faults.
const (
	Blur      Fault = "blur"       // out of focus, beyond reading
	Soft      Fault = "soft"       // slightly out of focus
	Motion    Fault = "motion"     // moved while it was taken
	CutBorder Fault = "cut_border" // the top is outside the picture
	CutLeft   Fault = "cut_left"   // the left side is outside the picture
	CutEmblem Fault = "cut_emblem" // the top of the emblem is outside the picture; nothing happens to a side without one
	Phone     Fault = "phone"      // a screenshot of a telephone
	Screen    Fault = "screen"     // a photo of a display
	Two       Fault = "two"        // another document of the kind in the same picture
	Grey      Fault = "grey"       // a black and white scan
	GreyStamp Fault = "grey_stamp" // a black and white copy with a red stamp put on it
	Rotate90  Fault = "rotate_90"
	Rotate180 Fault = "rotate_180"
	Tilt      Fault = "tilt" // by two degrees
	Glare     Fault = "glare"
	Dark      Fault = "dark"
	Mosaic    Fault = "mosaic"    // over the name
	Bar       Fault = "bar"       // a dark bar over a line
	Watermark Fault = "watermark" // text across the page
	Typed     Fault = "typed"     // a photo whose values were painted over and typed again
	Tiny      Fault = "tiny"      // few pixels
	TooSmall  Fault = "too_small" // in bytes
	TooLarge  Fault = "too_large" // in bytes
	Truncated Fault = "truncated" // the file ends half-way
	PNG       Fault = "png"       // another kind of file under the same name
)

// Faults lists all faults.
var Faults = []Fault{Blur, Soft, Motion, CutBorder, CutLeft, CutEmblem, Phone, Screen, Two, Grey, GreyStamp, Rotate90, Rotate180, Tilt, Glare, Dark, Mosaic, Bar, Watermark, Typed, Tiny, TooSmall, TooLarge, Truncated, PNG}

// change edits a picture; faults of the file are applied when it is encoded.
var changes = map[Fault]func(*image.RGBA, *rand.Rand) *image.RGBA{
	Blur:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return boxBlur(m, 9, 9) },
	Soft:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return boxBlur(m, 1, 1) },
	Motion:    func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return boxBlur(m, 14, 1) },
	CutBorder: func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return crop(m, 0, m.Rect.Dy()/5) },
	CutLeft:   func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return crop(m, m.Rect.Dx()/8, 0) },
	Phone:     phone,
	Screen:    screen,
	Grey:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return grey(m) },
	GreyStamp: func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return stamped(grey(m)) },
	Rotate90:  func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return turn(m, math.Pi/2) },
	Rotate180: func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return turn(m, math.Pi) },
	Tilt:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return turn(m, math.Pi/90) },
	Dark:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return scale(m, 0.3) },
	Bar:       bar,
	Watermark: watermark,
	Tiny:      func(m *image.RGBA, _ *rand.Rand) *image.RGBA { return resize(m, m.Rect.Dx()*2/5) },
}

// onSheet are the changes that depend on what stands where.
var onSheet = map[Fault]func(*image.RGBA, *sheet, *rand.Rand) *image.RGBA{
	Mosaic:    func(m *image.RGBA, s *sheet, _ *rand.Rand) *image.RGBA { return mosaic(m, s.name) },
	Glare:     func(m *image.RGBA, s *sheet, _ *rand.Rand) *image.RGBA { return glareBlob(m, s.name) },
	CutEmblem: cutEmblem,
	Typed:     typed,
}

// cutEmblem leaves three to seven tenths of the emblem's height.
func cutEmblem(m *image.RGBA, s *sheet, rng *rand.Rand) *image.RGBA {
	return crop(m, 0, s.badge.Min.Y+int((0.3+0.4*rng.Float64())*float64(s.badge.Dy())))
}

// grain adds the noise of paper and sensor.
func grain(m *image.RGBA, rng *rand.Rand) *image.RGBA {
	for i := 0; i < len(m.Pix); i += 4 {
		n := rng.IntN(9) - 4
		for c := range 3 {
			m.Pix[i+c] = uint8(min(max(int(m.Pix[i+c])+n, 0), 255))
		}
	}
	return m
}

// boxBlur averages over a rectangle, three times, which is close to a Gaussian.
func boxBlur(m *image.RGBA, rx, ry int) *image.RGBA {
	for range 3 {
		m = blurLine(blurLine(m, rx, 4, m.Rect.Dx()), ry, m.Stride, m.Rect.Dy())
	}
	return m
}

func blurLine(m *image.RGBA, reach, step, length int) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	line := step / 4
	for i := range m.Pix {
		at := i / 4
		if step != 4 {
			at = i / m.Stride
		} else {
			at %= m.Rect.Dx()
		}
		sum, n := 0, 0
		for d := max(-reach, -at); d <= min(reach, length-1-at); d++ {
			sum, n = sum+int(m.Pix[i+d*4*line]), n+1
		}
		out.Pix[i] = uint8(sum / n)
	}
	return out
}

func crop(m *image.RGBA, left, top int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()-left, m.Rect.Dy()-top))
	draw.Draw(out, out.Rect, m, image.Pt(left, top), draw.Src)
	return out
}

func grey(m *image.RGBA) *image.RGBA {
	for i := 0; i < len(m.Pix); i += 4 {
		y := (299*int(m.Pix[i]) + 587*int(m.Pix[i+1]) + 114*int(m.Pix[i+2])) / 1000
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = uint8(y), uint8(y), uint8(y)
	}
	return m
}

// turn rotates clockwise about the middle, onto a page that holds it.
func turn(m *image.RGBA, angle float64) *image.RGBA {
	w, h := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	sin, cos := math.Sin(angle), math.Cos(angle)
	ow, oh := math.Round(math.Abs(w*cos)+math.Abs(h*sin)), math.Round(math.Abs(w*sin)+math.Abs(h*cos))
	out := image.NewRGBA(image.Rect(0, 0, int(ow), int(oh)))
	draw.Draw(out, out.Rect, image.NewUniform(color.RGBA{196, 188, 178, 255}), image.Point{}, draw.Src)
	at := f64.Aff3{cos, -sin, ow/2 - cos*w/2 + sin*h/2, sin, cos, oh/2 - sin*w/2 - cos*h/2}
	draw.CatmullRom.Transform(out, at, m, m.Rect, draw.Over, nil)
	return out
}

func scale(m *image.RGBA, by float64) *image.RGBA {
	for i := range m.Pix {
		if i%4 != 3 {
			m.Pix[i] = uint8(float64(m.Pix[i]) * by)
		}
	}
	return m
}

// middle is the rectangle, or the middle of the page when there is none.
func middle(m *image.RGBA, r image.Rectangle) image.Rectangle {
	if r.Empty() {
		w, h := m.Rect.Dx(), m.Rect.Dy()
		return image.Rect(w/5, h*2/5, w/2, h/2)
	}
	return r
}

// glareBlob burns a spot over the name.
func glareBlob(m *image.RGBA, name image.Rectangle) *image.RGBA {
	name = middle(m, name)
	cx, cy := float64(name.Min.X+name.Max.X)/2, float64(name.Min.Y+name.Max.Y)/2
	r := max(float64(m.Rect.Dx())*0.2, float64(name.Dx())*0.6)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			d := math.Hypot(float64(x)-cx, (float64(y)-cy)*2) / r
			if d >= 1.2 {
				continue
			}
			i, add := m.PixOffset(x, y), 255*min(1, (1.2-d)*4)
			for c := range 3 {
				m.Pix[i+c] = uint8(min(255, float64(m.Pix[i+c])+add))
			}
		}
	}
	return m
}

// mosaic hides the name.
func mosaic(m *image.RGBA, name image.Rectangle) *image.RGBA {
	const cell = 28
	area := middle(m, name).Inset(-10).Intersect(m.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			m.SetRGBA(x, y, m.RGBAAt(x/cell*cell, y/cell*cell))
		}
	}
	return m
}

// bar hides a line behind flat dark ink, as drawing programs do.
func bar(m *image.RGBA, rng *rand.Rand) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	left, top := w*(12+rng.IntN(20))/100, h*(35+rng.IntN(30))/100
	area := image.Rect(left, top, left+w*(18+rng.IntN(20))/100, top+h*(4+rng.IntN(4))/100)
	draw.Draw(m, area, image.NewUniform(color.Gray{uint8(rng.IntN(70))}), image.Point{}, draw.Src)
	return m
}

// overlays are what is written across copies.
var overlays = []string{"仅供样本网站备案使用 他用无效", "仅供域名实名认证使用", "样本公司专用 复印无效", "仅限办理样本业务使用"}

// overlayInks are grey, blue and red, see-through.
var overlayInks = []color.NRGBA{{120, 120, 120, 110}, {90, 90, 90, 80}, {60, 90, 190, 100}, {200, 60, 60, 90}}

// watermark writes across the page at an angle, line below line.
func watermark(m *image.RGBA, rng *rand.Rand) *image.RGBA {
	s := &sheet{Context: gg.NewContextForRGBA(m)}
	s.fonts, s.err = fonts()
	words, c := overlays[rng.IntN(len(overlays))], overlayInks[rng.IntN(len(overlayInks))]
	size := float64(m.Rect.Dx()) * (0.024 + 0.012*rng.Float64())
	angle := (0.2 + 0.45*rng.Float64()) * float64(1-2*rng.IntN(2))
	for i := range 4 {
		x, y := float64(m.Rect.Dx())*0.5, float64(m.Rect.Dy())*(0.2+0.22*float64(i))
		s.Push()
		s.RotateAbout(angle, x, y)
		s.text(s.fonts.sans, size, color.RGBAModel.Convert(c).(color.RGBA), x-size*float64(len([]rune(words)))/2, y, words) // that model's type
		s.Pop()
	}
	return m
}

// stamped puts a red seal on the lower right.
func stamped(m *image.RGBA) *image.RGBA {
	s := &sheet{Context: gg.NewContextForRGBA(m)}
	s.fonts, s.err = fonts()
	s.seal(float64(m.Rect.Dx())*0.72, float64(m.Rect.Dy())*0.8, float64(m.Rect.Dy())*0.1, "样本市样本公司")
	return m
}

func resize(m *image.RGBA, width int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, m.Rect.Dy()*width/m.Rect.Dx()))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return out
}
