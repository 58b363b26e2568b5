package specimen

import (
	"image"
	"image/color"
	"math"

	"github.com/fogleman/gg"
	"github.com/golang/freetype/truetype"
)

// sheet is a page being drawn. The first error sticks, so that layouts read as
// lists.
type sheet struct {
	*gg.Context
	fonts fontSet
	err   error

	holder string          // the printed name
	name   image.Rectangle // where it stands
	badge  image.Rectangle // where the emblem stands
	values []written       // what was written in the ink of values
}

// written is a text on a page.
type written struct {
	size, x, y float64
	value      string
	box        image.Rectangle
}

func newSheet(p Spec, w, h int, paper color.Color) *sheet {
	s := &sheet{Context: gg.NewContext(w, h)}
	s.fonts, s.err = fonts()
	s.fonts.sans = s.fonts.valueFace(p.Face)
	s.holder = p.Printed.Name
	s.SetColor(paper)
	s.Clear()
	return s
}

var (
	ink  = color.RGBA{30, 28, 32, 255}
	pale = color.RGBA{90, 86, 84, 255}
	gold = color.RGBA{178, 134, 52, 255}
	red  = color.RGBA{206, 38, 44, 255}
)

// text writes at the left end of a baseline.
func (s *sheet) text(f *truetype.Font, size float64, c color.Color, x, y float64, value string) {
	if s.err != nil {
		return
	}
	s.SetFontFace(face(f, size))
	s.SetColor(c)
	s.DrawString(value, x, y)
	width, _ := s.MeasureString(value)
	box := image.Rect(int(x), int(y-size), int(x+width), int(y+size*0.25))
	if value != "" && value == s.holder {
		s.name = box
	}
	if value != "" && c == color.Color(ink) {
		s.values = append(s.values, written{size, x, y, value, box})
	}
}

// centred writes around a point, its letters spread by the gap.
func (s *sheet) centred(f *truetype.Font, size, gap float64, c color.Color, x, y float64, value string) {
	letters := []rune(value)
	width := float64(len(letters))*(size+gap) - gap
	for i, r := range letters {
		s.text(f, size, c, x-width/2+float64(i)*(size+gap), y, string(r))
	}
}

// field writes a label and its value on one line.
func (s *sheet) field(x, y, size float64, label, value string) {
	s.text(s.fonts.serif, size, pale, x, y, label)
	s.text(s.fonts.sans, size, ink, x+size*float64(len([]rune(label)))+size*0.6, y, value)
}

// frame draws a double border.
func (s *sheet) frame(c color.Color, margin float64) {
	w, h := float64(s.Width()), float64(s.Height())
	s.SetColor(c)
	for i, width := range []float64{8, 2} {
		m := margin + float64(i)*16
		s.SetLineWidth(width)
		s.DrawRectangle(m, m, w-2*m, h-2*m)
		s.Stroke()
	}
}

// emblem draws a stylised emblem: a red disc with stars. It is no emblem of any
// state.
func (s *sheet) emblem(x, y, r float64) {
	s.badge = image.Rect(int(x-r), int(y-r), int(x+r), int(y+r))
	s.SetColor(red)
	s.DrawCircle(x, y, r)
	s.Fill()
	s.SetColor(color.RGBA{240, 200, 70, 255})
	s.SetLineWidth(r * 0.12)
	s.DrawCircle(x, y, r*0.86)
	s.Stroke()
	s.star(x, y-r*0.2, r*0.34)
	for i := range 4 {
		a := math.Pi*0.25 + float64(i)*math.Pi/6
		s.star(x+math.Cos(a)*r*0.5, y+math.Sin(a)*r*0.5, r*0.12)
	}
}

func (s *sheet) star(x, y, r float64) {
	for i := range 10 {
		a, d := -math.Pi/2+float64(i)*math.Pi/5, r
		if i%2 == 1 {
			d = r * 0.4
		}
		s.LineTo(x+math.Cos(a)*d, y+math.Sin(a)*d)
	}
	s.ClosePath()
	s.Fill()
}

// seal stamps a round red seal over what is there: its ink multiplies.
func (s *sheet) seal(x, y, r float64, words string) {
	side := int(2*r) + 20
	c := float64(side) / 2
	over := &sheet{Context: gg.NewContext(side, side), fonts: s.fonts, err: s.err}
	over.SetColor(red)
	over.SetLineWidth(r * 0.06)
	over.DrawCircle(c, c, r)
	over.Stroke()
	over.star(c, c, r*0.3)
	letters := []rune(words)
	for i, l := range letters {
		a := math.Pi*0.8 + float64(i)*math.Pi*1.4/float64(max(len(letters)-1, 1))
		over.Push()
		over.RotateAbout(a+math.Pi/2, c+math.Cos(a)*r*0.76, c+math.Sin(a)*r*0.76)
		over.text(s.fonts.serif, r*0.2, red, c+math.Cos(a)*r*0.76-r*0.1, c+math.Sin(a)*r*0.76+r*0.07, string(l))
		over.Pop()
	}
	s.multiply(over.Image().(*image.RGBA), int(x-c), int(y-c)) // gg draws on that type
}

// multiply lays transparent ink over the page, its top left corner at the point.
func (s *sheet) multiply(over *image.RGBA, left, top int) {
	page := s.Image().(*image.RGBA) // gg draws on that type
	for y := range over.Rect.Dy() {
		for x := range over.Rect.Dx() {
			from := over.Pix[over.PixOffset(x, y):]
			alpha := int(from[3])
			if alpha == 0 || !image.Pt(left+x, top+y).In(page.Rect) {
				continue
			}
			to := page.Pix[page.PixOffset(left+x, top+y):]
			for c := range 3 {
				to[c] = uint8(int(to[c]) * (255 - (alpha-int(from[c]))*4/5) / 255)
			}
		}
	}
}
