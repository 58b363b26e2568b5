package imaging

import (
	"image"
	"testing"
)

// glyphRow draws characters as frames of a stroke, from a place on: grey and as soft
// as their edge has steps.
func glyphRow(m *Image, x, y, n int, ink, soft int) {
	for i := range n {
		stroke(m, image.Rect(x+i*30, y, x+i*30+20, y+24), ink, soft)
		stroke(m, image.Rect(x+i*30+6, y+6, x+i*30+14, y+18), 225, 0)
	}
}

// stroke fills a rectangle, around it steps from the ink to the paper.
func stroke(m *Image, r image.Rectangle, ink, soft int) {
	for y := r.Min.Y - soft; y < r.Max.Y+soft; y++ {
		for x := r.Min.X - soft; x < r.Max.X+soft; x++ {
			far := max(r.Min.X-x, x-r.Max.X+1, r.Min.Y-y, y-r.Max.Y+1, 0)
			v := uint8(ink + (225-ink)*far/(soft+1))
			i := y*m.R.Stride + x
			m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = v, v, v
		}
	}
}

// Rule: print typed over a photo is black and sharp among greyer, softer print; black
// print among its like, and print of every grey, is not.
func TestTypedPrintStandsOut(t *testing.T) {
	draw := func(rows ...[3]int) *Image { // number of characters, ink, softness
		m := newImage(900, 600)
		for i := range m.R.Pix {
			m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = 225, 225, 225
		}
		for i, r := range rows {
			glyphRow(m, 60, 40+60*i, r[0], r[1], r[2])
		}
		return m
	}
	look := func(m *Image) (glyphs int, rest, between, sharper float64) {
		luma := m.luma()
		if got := typed(m, luma, inkMask(luma, looks[0].contrast)); got != nil {
			return got.Glyphs, got.Rest, got.Between, got.Sharper
		}
		return 0, 0, 0, 0
	}
	if n, rest, between, sharper := look(draw([3]int{20, 0, 0}, [3]int{20, 90, 2})); n != 20 || rest != 0.5 || between != 0 || sharper < 1.5 {
		t.Errorf("typed over: %d, %.2f, %.2f, %.2f", n, rest, between, sharper)
	}
	if n, _, _, sharper := look(draw([3]int{20, 0, 0}, [3]int{20, 90, 0})); n != 20 || sharper > 1.05 {
		t.Errorf("as sharp as the rest: %d, %.2f", n, sharper)
	}
	if n, _, between, _ := look(draw([3]int{10, 0, 1}, [3]int{10, 16, 1}, [3]int{20, 90, 1})); n != 10 || between != 1 {
		t.Errorf("greys between: %d, %.2f", n, between)
	}
	for rule, m := range map[string]*Image{"all black": draw([3]int{20, 0, 0}), "none black": draw([3]int{20, 60, 1}), "empty": draw(), "a pixel": newImage(1, 1)} {
		if n, _, _, _ := look(m); n != 0 {
			t.Errorf("%s: %d", rule, n)
		}
	}
	red := draw([3]int{20, 90, 2})
	for i := range red.R.Pix {
		red.R.Pix[i] = max(red.R.Pix[i], 200)
	}
	if n, _, _, _ := look(red); n != 0 {
		t.Errorf("coloured print: %d", n)
	}
}

func BenchmarkTyped(b *testing.B) {
	m := newImage(1754, 1240)
	for i := range m.R.Pix {
		m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = 225, 225, 225
	}
	for y := range 18 {
		glyphRow(m, 60, 40+60*y, 50, 30*(y%3), y%3)
	}
	luma := m.luma()
	ink := inkMask(luma, looks[0].contrast)
	for b.Loop() {
		typed(m, luma, ink)
	}
}
