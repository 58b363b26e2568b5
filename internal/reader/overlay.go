package reader

import (
	"image"
	"math"
	"slices"
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// overlayWords are what people write across a copy of their document. Two of their
// characters in a row are enough: no document prints them at a slant.
var overlayWords = []string{"仅供", "使用", "专用", "他用", "无效", "备案", "认证", "办理", "审核", "水印", "复印", "网站", "登记", "实名", "测试"}

// alsoPrinted stand on documents themselves (登记机关), whose rows in a soft picture are
// as pale as a watermark: they say something beside another word only.
var alsoPrinted = []string{"登记"}

const (
	overlaySide  = 1700 // longest side of the picture that is looked at, pixels: letters of a fortieth of it keep 20
	overlayTries = 6    // stripes read
)

// overlayShares are how much of a strip's height a letter is taken to fill: the
// height of a stripe is not sure.
var overlayShares = []float64{hanHeight / glyph.Height, 0.66}

// findOverlay reads what is written across the page in pale print: words of a
// watermark, and where they stand. Its work is bounded by itself, so that a page
// that used up its budget is looked at, too.
func (r *Reader) findOverlay(s *sheet) ([]string, *review.Box) {
	g, scale := s.page.G, 1.0 // red print is there, too, and a seal is as dark as ink
	for max(g.Rect.Dx(), g.Rect.Dy()) > overlaySide {
		g, scale = layout.Halve(g), scale*2
	}
	pale := layout.Pale(g)
	stripes := layout.Stripes(pale)
	for _, st := range append(stripes[:min(len(stripes), overlayTries)], layout.Rows(pale)...) {
		if words := r.overlayOn(s, pale, st); len(words) > 0 {
			return words, stripeBox(st, scale, s)
		}
	}
	return nil, nil
}

// overlayOn lists the words on one stripe. Most stripes are a pattern or a seal and hold
// no word even for a network that knows nothing else.
func (r *Reader) overlayOn(s *sheet, pale *image.Gray, st layout.Slanted) []string {
	var found []string
	for _, share := range overlayShares {
		strip := layout.Straighten(pale, st, glyph.Height, share)
		if strip.Rect.Dx() > glyph.MaxWidth {
			break
		}
		if len(overlayIn(r.overlayNet.Read(strip))) == 0 {
			continue
		}
		for _, w := range overlayIn(r.hanNet.Read(strip)) {
			if !slices.Contains(found, w) {
				found = append(found, w)
			}
		}
	}
	return found
}

// overlayIn lists the words of a watermark in what was read.
func overlayIn(text string) []string {
	var found []string
	said := false
	for _, w := range overlayWords {
		if strings.Contains(text, w) {
			found = append(found, w)
			said = said || !slices.Contains(alsoPrinted, w)
		}
	}
	if !said {
		return nil
	}
	return found
}

// stripeBox is the box around a stripe on the page.
func stripeBox(st layout.Slanted, scale float64, s *sheet) *review.Box {
	sin, cos := math.Sincos(math.Abs(st.Angle))
	w, h := st.Length*cos+st.High*sin, st.Length*sin+st.High*cos
	f := scale / s.scale
	return s.box(layout.Box{X0: int((st.X - w/2) * f), Y0: int((st.Y - h/2) * f), X1: int((st.X + w/2) * f), Y1: int((st.Y + h/2) * f)})
}
