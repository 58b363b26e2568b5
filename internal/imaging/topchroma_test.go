package imaging

import "testing"

func TestTopChromaSeesEmblemAndTitleNotStampOrTint(t *testing.T) {
	paint := func(m *Image, x0, y0, x1, y1 int, r, g, b uint8) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				i := y*m.R.Stride + x
				m.R.Pix[i], m.G.Pix[i], m.B.Pix[i] = r, g, b
			}
		}
	}
	page := func() *Image {
		m := newImage(800, 600)
		paint(m, 0, 0, 800, 600, 240, 230, 205) // warm light on grey paper
		return m
	}
	stamp, emblem := page(), page()
	paint(stamp, 500, 420, 620, 540, 200, 40, 40)
	paint(emblem, 370, 60, 430, 120, 200, 40, 40)
	for turns := range 4 {
		back := (4 - turns) % 4
		if v := TopChroma(stamp.Turned(turns), back); v > 5 {
			t.Errorf("a grey copy with a stamp, turned %d times: %v", turns, v)
		}
		if v := TopChroma(emblem.Turned(turns), back); v < 60 {
			t.Errorf("an emblem, turned %d times: %v", turns, v)
		}
	}
	if v := TopChroma(newImage(1, 1), 0); v < 0 {
		t.Errorf("one pixel: %v", v)
	}
}
