package reader

import (
	"image"
	"math"

	"realname/internal/imaging"
	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// sheet is a page while it is being read: its planes, what was found on it by
// shape, and the texts read so far.
type sheet struct {
	page   *imaging.Image
	ink    *image.Gray // the red plane: red seals and gold foil fade, black print stays
	work   *image.Gray // ink at the working size
	scale  float64     // pixels of the page per working pixel
	boxes  []layout.Box
	runs   []layout.Run
	dark   [2][]layout.Run // of the darkest ink, found when needed
	lines  []layout.Line   // set apart by gaps over 1.2 letters
	fine   []layout.Line   // set apart by half a letter
	large  []layout.Line   // of print nearly twice as high as most
	rows   []layout.Line   // label and value together
	texts  map[lineKey]lineText
	scores map[stripKey]*glyph.Scores

	planes [5]*image.Gray

	letter         float64     // height of most print, working pixels
	legalPerson    string      // the declared name, when it stands behind that label instead
	legalPersonBox *review.Box // where

	title  titleMemo
	code   codeMemo
	budget *budget // of the current reading
}

type lineKey struct {
	box    layout.Box
	plane  plane
	height int
}

type stripKey struct {
	strip
	alphabet string
}

type lineText struct {
	text       string
	confidence float64
}

// The working size keeps letters between about 10 and 40 pixels.
const (
	halveAbove  = 2000
	doubleBelow = 1200
)

// newSheet finds the print on a page.
func newSheet(p *imaging.Image) *sheet {
	s := &sheet{page: p, ink: p.R, work: p.R, scale: 1, texts: map[lineKey]lineText{}, scores: map[stripKey]*glyph.Scores{}}
	w, h := p.Width, p.Height
	for long := max(w, h); long > halveAbove; long /= 2 {
		s.work, s.scale = layout.Halve(s.work), s.scale*2
	}
	if max(w, h) < doubleBelow {
		s.work, s.scale = layout.Scale(p.R, 2*w, 2*h), 0.5
	}
	s.boxes = layout.Components(layout.Binarise(s.work, 31, 0.6, 8))
	s.runs = layout.Runs(s.boxes)
	s.letter = layout.LetterHeight(s.boxes)
	s.lines = layout.Lines(s.boxes, 1.2)
	s.fine = layout.Lines(s.boxes, 0.55)
	s.large = layout.LinesOf(s.boxes, largePrint*s.letter, 0.6)
	s.rows = layout.Lines(s.boxes, 9)
	return s
}

// frame is a line's slanted rectangle on the page, grown by a share of its
// height on all sides.
func (s *sheet) frame(l layout.Line, grow float64) layout.Frame {
	g := grow * float64(l.H())
	x0, x1 := float64(l.X0)-g, float64(l.X1)+g
	return layout.Frame{
		X: x0 * s.scale, Y: l.Mid(x0) * s.scale,
		W: (x1 - x0) * s.scale, H: (float64(l.H()) + 2*g) * s.scale, Slope: l.Slope,
	}
}

// box is a box of the working size in pixels of the page.
func (s *sheet) box(b layout.Box) *review.Box {
	w, h := s.page.Width, s.page.Height
	at := func(v int, limit int) int { return min(max(int(math.Round(float64(v)*s.scale)), 0), limit) }
	x0, y0, x1, y1 := at(b.X0, w), at(b.Y0, h), at(b.X1, w), at(b.Y1, h)
	return &review.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}
