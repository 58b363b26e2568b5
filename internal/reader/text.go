package reader

import (
	"fmt"
	"image"
	"math"
	"strings"
	"unicode"

	"realname/internal/imaging"
	"realname/internal/reader/layout"
	"realname/internal/reader/tess"
)

// plane names a grey picture derived from the colours of the page.
type plane uint8

const (
	inkPlane   plane = iota // red: red seals and gold foil fade
	darkPlane               // the lightest of the three colours: only what is black stays
	bluePlane               // red, gold and black print are all dark
	blackPlane              // only the darkest print: what is printed over something else stands out
	goldPlane               // red minus blue: gold foil is dark, black print fades
)

// of computes the plane of a page.
func (k plane) of(p *imaging.Image) *image.Gray {
	switch k {
	case darkPlane:
		return combine(p, func(r, g, b uint8) uint8 { return max(r, g, b) })
	case blackPlane:
		return black(combine(p, func(r, g, b uint8) uint8 { return max(r, g, b) }))
	case bluePlane:
		return p.B
	case goldPlane:
		return combine(p, func(r, _, b uint8) uint8 { return uint8(255 - min(2*max(int(r)-int(b), 0), 255)) })
	}
	return p.R
}

// black keeps the darkest third of the grey range between ink and paper.
func black(g *image.Gray) *image.Gray {
	var histogram [256]int
	for _, v := range g.Pix {
		histogram[v]++
	}
	lo, hi := rank(&histogram, len(g.Pix)/500), rank(&histogram, len(g.Pix)/2)
	for i, v := range g.Pix {
		g.Pix[i] = uint8(min(max((int(v)-lo)*3*255/max(hi-lo, 1), 0), 255))
	}
	return g
}

func combine(p *imaging.Image, f func(r, g, b uint8) uint8) *image.Gray {
	out := image.NewGray(p.R.Rect)
	for i := range out.Pix {
		out.Pix[i] = f(p.R.Pix[i], p.G.Pix[i], p.B.Pix[i])
	}
	return out
}

// plane returns a plane of the sheet, computed once.
func (s *sheet) plane(k plane) *image.Gray {
	if s.planes[k] == nil {
		s.planes[k] = k.of(s.page)
	}
	return s.planes[k]
}

// lineMargin is the room left around a line, in line heights.
const lineMargin = 0.2

// text reads a line of Chinese from a plane, scaled so that the line is so many
// pixels high. A line is read once per plane and height.
func (r *Reader) text(s *sheet, l layout.Line, k plane, height int) (lineText, error) {
	key := lineKey{l.Box, k, height}
	if !s.budget.spend(costLine) {
		return lineText{}, nil
	}
	if t, ok := s.texts[key]; ok {
		return t, nil
	}
	f := s.frame(l, lineMargin)
	h := int(float64(height) * (1 + 2*lineMargin))
	w := min(max(int(f.W/f.H*float64(h)), 8), 4000)
	t, err := r.recognise(layout.Sample(s.plane(k), f, w, h))
	s.texts[key] = t
	return t, err
}

// recognise reads the picture of one line of Chinese.
func (r *Reader) recognise(g *image.Gray) (lineText, error) {
	stretch(g)
	text, conf, err := r.han.Read(g, tess.Line)
	if err != nil {
		return lineText{}, fmt.Errorf("read a line: %w", err)
	}
	return lineText{squeeze(text), conf}, nil
}

// stretch spreads the grey values of a line over the whole range: paper white,
// ink black.
func stretch(g *image.Gray) {
	var histogram [256]int
	for _, v := range g.Pix {
		histogram[v]++
	}
	lo, hi := rank(&histogram, len(g.Pix)/100), rank(&histogram, len(g.Pix)*7/10)
	scale := 255 / math.Max(float64(hi-lo), 32)
	var table [256]uint8
	for v := range table {
		table[v] = uint8(min(max(255-float64(hi-v)*scale, 0), 255))
	}
	for i, v := range g.Pix {
		g.Pix[i] = table[v]
	}
}

func rank(histogram *[256]int, n int) int {
	for v, c := range histogram {
		if n -= c; n < 0 {
			return v
		}
	}
	return 255
}

// squeeze drops all spaces and folds the widths of brackets and Latin letters.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == '〔' || r == '﹙':
			return '('
		case r == '〕' || r == '﹚':
			return ')'
		}
		return r
	}, text)
}
