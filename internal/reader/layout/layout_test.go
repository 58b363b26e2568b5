package layout

import (
	"image"
	"image/color"
	"math"
	"testing"
)

func paper(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 230
	}
	return g
}

func fill(g *image.Gray, x0, y0, x1, y1 int) {
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			g.SetGray(x, y, color.Gray{Y: 40})
		}
	}
}

// figures draws n upright bars like figures, on a line with the given slope.
func figures(g *image.Gray, x, y, n, pitch int, slope float64) {
	for i := range n {
		top := y + int(math.Round(slope*float64(i*pitch)))
		fill(g, x+i*pitch, top, x+i*pitch+pitch/2, top+20)
	}
}

func TestComponentsFollowDiagonalsAndKeepApart(t *testing.T) {
	b := &Bitmap{W: 6, H: 4, Ink: []bool{
		true, false, false, false, false, true,
		false, true, false, false, false, true,
		false, false, true, false, false, false,
		true, false, false, false, true, true,
	}}
	got := Components(b)
	want := []Box{{0, 0, 3, 3, 3}, {5, 0, 6, 2, 2}, {0, 3, 1, 4, 1}, {4, 3, 6, 4, 2}}
	if len(got) != len(want) {
		t.Fatalf("%d components, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("component %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestBinariseIgnoresFlatShade(t *testing.T) {
	g := paper(200, 100)
	for y := range 100 {
		for x := range 200 {
			g.SetGray(x, y, color.Gray{Y: uint8(120 + x/2)}) // light falls off to the left
		}
	}
	fill(g, 50, 40, 60, 60)
	n := 0
	for _, ink := range Binarise(g, 31, 0.6, 8).Ink {
		if ink {
			n++
		}
	}
	if n != 200 {
		t.Errorf("%d pixels of ink, want the 200 of the bar", n)
	}
}

func TestRunsFindASlantingNumber(t *testing.T) {
	for _, slope := range []float64{0, 0.03, -0.03} {
		g := paper(700, 300)
		figures(g, 100, 150, 18, 16, slope)
		fill(g, 20, 20, 90, 90) // something else
		runs := Runs(Components(Binarise(g, 31, 0.6, 8)))
		if len(runs) == 0 {
			t.Fatalf("slope %v: no run", slope)
		}
		r := runs[0]
		if len(r.Boxes) != 18 || math.Abs(r.Pitch-16) > 0.5 || math.Abs(r.Height-20) > 1 || math.Abs(r.Slope-slope) > 0.006 || r.Even < 0.95 {
			t.Errorf("slope %v: %d boxes, pitch %v, height %v, slope %v, even %v", slope, len(r.Boxes), r.Pitch, r.Height, r.Slope, r.Even)
		}
	}
}

func TestRunsEndWhereThePitchChanges(t *testing.T) {
	g := paper(900, 200)
	figures(g, 60, 80, 8, 26, 0)       // a label of wide letters
	figures(g, 60+8*26, 80, 18, 14, 0) // the number right behind it
	for _, r := range Runs(Components(Binarise(g, 31, 0.6, 8))) {
		if math.Abs(r.Pitch-14) < 1 && len(r.Boxes) >= 17 && len(r.Boxes) <= 22 { // the cut may leave some of the label
			return
		}
	}
	t.Error("the number was not set apart from its label")
}

func TestLinesKeepRowsApartAndJoinWords(t *testing.T) {
	g := paper(600, 300)
	for row := range 3 {
		figures(g, 40, 40+row*45, 12, 22, 0)
		figures(g, 420, 40+row*45, 5, 22, 0) // far to the right: a column of its own
	}
	boxes := Components(Binarise(g, 31, 0.6, 8))
	if got := len(Lines(boxes, 1.2)); got != 6 {
		t.Errorf("%d lines, want 6", got)
	}
	if got := len(Lines(boxes, 9)); got != 3 {
		t.Errorf("%d rows, want 3", got)
	}
}

func TestLinesOfAnEmptyPage(t *testing.T) {
	if got := Lines(Components(Binarise(paper(100, 100), 31, 0.6, 8)), 1.2); got != nil {
		t.Errorf("an empty page has lines: %v", got)
	}
}

func TestSampleFollowsTheSlope(t *testing.T) {
	g := paper(400, 200)
	for x := range 400 {
		y := 100 + x/20
		fill(g, x, y-3, x+1, y+3)
	}
	s := Sample(g, Frame{X: 0, Y: 100, W: 400, H: 40, Slope: 0.05}, 200, 20)
	for x := 2; x < 198; x++ {
		if v := s.GrayAt(x, 10).Y; v > 60 {
			t.Fatalf("the line left the middle of the strip at %d: %d", x, v)
		}
	}
}

func TestHalveTakesTheMean(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 2, 2))
	copy(g.Pix, []uint8{10, 20, 30, 40})
	if v := Halve(g).Pix[0]; v != 25 {
		t.Errorf("%d, want 25", v)
	}
}
