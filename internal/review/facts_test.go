package review

import (
	"slices"
	"testing"
)

// A photo that lies on its side is reviewed upright, and so is all that was
// measured on it: a box must be where a person looks for it.
func TestWhatWasMeasuredTurnsWithThePicture(t *testing.T) {
	p := Picture{Width: 100, Height: 60, Glare: &Box{X: 10, Y: 5, W: 20, H: 8}, CutSides: []string{"top"}}
	p.Turn(1)
	if p.Width != 60 || p.Height != 100 || p.Rotation != 90 || *p.Glare != (Box{X: 47, Y: 10, W: 8, H: 20}) || !slices.Equal(p.CutSides, []string{"right"}) {
		t.Errorf("a quarter: %+v %+v", p, *p.Glare)
	}
	p.Turn(3)
	if p.Width != 100 || p.Rotation != 0 || *p.Glare != (Box{X: 10, Y: 5, W: 20, H: 8}) || !slices.Equal(p.CutSides, []string{"top"}) {
		t.Errorf("all the way round: %+v %+v", p, *p.Glare)
	}
}
