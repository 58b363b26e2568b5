package reader

import (
	"image"
	"slices"
	"strings"

	"realname/internal/reader/layout"
	"realname/internal/review"
)

// titlePlanes are the planes on which a title is looked for, the most telling
// first: foil shines on one, print stays on another.
var titlePlanes = []plane{goldPlane, bluePlane, inkPlane, darkPlane}

const (
	titleSide  = 900 // longest side of the coarse picture, pixels
	titleTries = 5   // lines read on each plane
	titleShare = 0.7 // of a title's characters must be read, in order
)

// titleMemo keeps a sheet's title and what it cost to find.
type titleMemo struct {
	done  bool
	code  review.CredentialType
	field review.FieldReading
	cost  int
}

// titleOnce is title, found once per sheet: it does not depend on what was
// declared.
func (r *Reader) titleOnce(s *sheet, titles []TypeTitle) (review.CredentialType, review.FieldReading, error) {
	m := &s.title
	if m.done && s.budget.spend(m.cost) {
		return m.code, m.field, nil
	}
	before := s.budget.left
	code, field, err := r.title(s, titles)
	*m = titleMemo{err == nil, code, field, before - s.budget.left}
	return code, field, err
}

// title finds the document's type by its printed title.
func (r *Reader) title(s *sheet, titles []TypeTitle) (review.CredentialType, review.FieldReading, error) {
	out := review.FieldReading{Verdict: review.Unreadable}
	for _, k := range titlePlanes {
		coarse, scale := shrink(s.plane(k), titleSide)
		for _, l := range titleLines(coarse) {
			t, err := r.coarseText(s, coarse, l)
			if err != nil {
				return "", out, err
			}
			code, title, share := matchTitle(t.text, titles)
			if share < titleShare {
				continue
			}
			return code, review.FieldReading{
				Verdict: review.Confirmed, Read: title, Confidence: share * max(t.confidence, 0.5), Means: "ocr",
				Box: scaled(l.Box, scale),
			}, nil
		}
	}
	return "", out, nil
}

// shrink halves a picture until its longest side is at most side pixels.
func shrink(g *image.Gray, side int) (*image.Gray, float64) {
	scale := 1.0
	for max(g.Rect.Dx(), g.Rect.Dy()) > side*3/2 {
		g, scale = layout.Halve(g), scale*2
	}
	return g, scale
}

func scaled(b layout.Box, scale float64) *review.Box {
	at := func(v int) int { return int(float64(v) * scale) }
	return &review.Box{X: at(b.X0), Y: at(b.Y0), W: at(b.W()), H: at(b.H())}
}

// titleLines are lines of large, widely spaced letters in the upper part.
func titleLines(g *image.Gray) []layout.Line {
	boxes := layout.Components(layout.Binarise(g, 2*(max(g.Rect.Dx(), g.Rect.Dy())/24)+1, 0.5, 10))
	height := g.Rect.Dy()
	var out []layout.Line
	for _, share := range []float64{0.06, 0.035, 0.1} {
		for _, l := range layout.LinesOf(boxes, share*float64(max(height, g.Rect.Dx())), 2.2) {
			ratio := float64(l.W()) / float64(l.H())
			if ratio < 2.4 || ratio > 16 || l.Y0 > height*7/10 || slices.ContainsFunc(out, func(o layout.Line) bool { return overlap(o.Box, l.Box) }) {
				continue
			}
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b layout.Line) int { return b.H() - a.H() })
	return out[:min(len(out), titleTries)]
}

// overlap reports whether two boxes cover mostly the same place.
func overlap(a, b layout.Box) bool {
	w := min(a.X1, b.X1) - max(a.X0, b.X0)
	h := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
	return w > 0 && h > 0 && 10*w*h > 7*max(a.W()*a.H(), b.W()*b.H())
}

// coarseText reads a line of the coarse picture.
func (r *Reader) coarseText(s *sheet, g *image.Gray, l layout.Line) (lineText, error) {
	if !s.budget.spend(costLine) {
		return lineText{}, nil
	}
	f := layout.Frame{X: float64(l.X0 - l.H()/5), Y: l.Mid(float64(l.X0 - l.H()/5)), W: float64(l.W() + 2*l.H()/5), H: 1.4 * float64(l.H()), Slope: l.Slope}
	return r.recognise(layout.Sample(g, f, max(int(f.W/f.H*52), 8), 52))
}

// matchTitle finds the title that the text holds best; share is how much of it
// was read. A longer title wins over a shorter one that it contains.
func matchTitle(text string, titles []TypeTitle) (code review.CredentialType, title string, share float64) {
	read := []rune(text)
	for _, t := range titles {
		for _, name := range t.Titles {
			want := []rune(squeeze(name))
			if !strings.ContainsAny(text, string(want[max(len(want)-2, 0):])) {
				continue // a label such as 统一社会信用代码 starts like a title
			}
			got := float64(inOrder(read, want)) / float64(len(want))
			if got > share || got == share && len(want) > len([]rune(title)) {
				code, title, share = t.Code, name, got
			}
		}
	}
	return code, title, share
}

// inOrder is the length of the longest common subsequence within a stretch of
// the text not much longer than what is wanted.
func inOrder(read, want []rune) int {
	best := 0
	span := len(want) + 1
	for from := 0; from == 0 || from+len(want)/2 < len(read); from++ {
		best = max(best, common(read[from:min(from+span, len(read))], want))
	}
	return best
}

func common(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			diagonal = up
		}
	}
	return row[len(b)]
}
