package layout

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Slanted is a stripe of pale print that runs across the page at an angle.
type Slanted struct {
	X, Y   float64 // its middle
	Angle  float64 // of its direction, radians, clockwise from the right
	Length float64
	High   float64 // of its letters
}

// Pale print is between these shares of the way from paper to the page's own ink:
// fainter is the pattern of the paper, darker is print.
const (
	paleLeast = 0.08
	paleMost  = 0.5
	inkLeast  = 0.6
	inkReach  = 2 // pixels around ink whose grey is only its edge

	palest = 225 // grey of what counts as pale print on what Pale gives
)

const (
	stripeCell  = 6    // pixels
	stripeFull  = 0.12 // of a cell's pixels that must be pale
	stripeLong  = 0.16 // of the page's longer side
	stripeThin  = 3.5  // times as long as high, at least
	leastAngle  = 7 * math.Pi / 180
	mostAngle   = 62 * math.Pi / 180
	leastLetter = 8 // pixels
	mostLetter  = 120
)

// Pale separates pale print: white where there is none or where the page's own ink
// stands, darker where it is stronger.
func Pale(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	depth := depths(g)
	full := deep(depth)
	out := image.NewGray(image.Rect(0, 0, w, h))
	ink := make([]bool, w*h)
	for i, d := range depth {
		ink[i] = float64(d) > inkLeast*full
		share := (float64(d)/full - paleLeast) / (paleMost - paleLeast)
		out.Pix[i] = uint8(255 - 200*min(max(share, 0), 1))
	}
	for i, set := range ink {
		if set {
			wipe(out, i%w, i/w)
		}
	}
	wipeLarge(out)
	return out
}

// depths are how far each pixel lies below the paper around it: below the mean of what
// is no darker than all around.
func depths(g *image.Gray) []int16 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	reach := max(w, h) / 24
	ones := make([]uint8, w*h)
	for i := range ones {
		ones[i] = 1
	}
	all := &image.Gray{Pix: ones, Stride: w, Rect: image.Rect(0, 0, w, h)}
	around := boxMeans(g, all, reach)
	for i := range ones {
		if g.Pix[i/w*g.Stride+i%w] < around[i] {
			ones[i] = 0
		}
	}
	paper := boxMeans(g, all, reach)
	out := make([]int16, w*h)
	for i := range out {
		out[i] = int16(paper[i]) - int16(g.Pix[i/w*g.Stride+i%w])
	}
	return out
}

// boxMeans are the means around each pixel of those pixels that a mask has one for.
func boxMeans(g, mask *image.Gray, reach int) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sums, counts := make([]uint32, (w+1)*(h+1)), make([]uint32, (w+1)*(h+1))
	for y := range h {
		var sum, count uint32
		for x := range w {
			if m := mask.Pix[y*mask.Stride+x]; m != 0 {
				sum, count = sum+uint32(g.Pix[y*g.Stride+x]), count+1
			}
			i := (y+1)*(w+1) + x + 1
			sums[i], counts[i] = sums[i-w-1]+sum, counts[i-w-1]+count
		}
	}
	out := make([]uint8, w*h)
	for y := range h {
		y0, y1 := max(y-reach, 0)*(w+1), min(y+reach+1, h)*(w+1)
		for x := range w {
			x0, x1 := max(x-reach, 0), min(x+reach+1, w)
			if n := counts[y1+x1] - counts[y0+x1] - counts[y1+x0] + counts[y0+x0]; n > 0 {
				out[y*w+x] = uint8((sums[y1+x1] - sums[y0+x1] - sums[y1+x0] + sums[y0+x0]) / n)
			}
		}
	}
	return out
}

// deep is how deep the page's own ink is: a few thousandths of a card are print, and a
// watermark is more than that.
func deep(depth []int16) float64 {
	var histogram [256]int
	for _, d := range depth {
		histogram[max(d, 0)]++
	}
	left := len(depth) / 400
	for v := 255; v > 0; v-- {
		if left -= histogram[v]; left < 0 {
			return math.Max(float64(v), 40)
		}
	}
	return 40
}

func wipe(g *image.Gray, x, y int) {
	for dy := max(y-inkReach, 0); dy <= min(y+inkReach, g.Rect.Dy()-1); dy++ {
		for dx := max(x-inkReach, 0); dx <= min(x+inkReach, g.Rect.Dx()-1); dx++ {
			g.Pix[dy*g.Stride+dx] = 255
		}
	}
}

// Stripes finds slanted lines of pale print on what Pale gives, the longest first.
func Stripes(pale *image.Gray) []Slanted {
	cells := paleCells(pale)
	seen := make([]bool, len(cells.Ink))
	var out []Slanted
	for start, set := range cells.Ink {
		if set && !seen[start] {
			if s, ok := stripe(gather(cells, seen, start), cells.W); ok && s.Length >= stripeLong*float64(max(pale.Rect.Dx(), pale.Rect.Dy())) {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Slanted) int { return cmp.Compare(b.Length, a.Length) })
	return out
}

// paleCells marks the cells that hold pale print.
func paleCells(pale *image.Gray) *Bitmap {
	b := &Bitmap{W: pale.Rect.Dx() / stripeCell, H: pale.Rect.Dy() / stripeCell}
	b.Ink = make([]bool, b.W*b.H)
	for i := range b.Ink {
		n := 0
		for y := i / b.W * stripeCell; y < (i/b.W+1)*stripeCell; y++ {
			for _, v := range pale.Pix[y*pale.Stride+i%b.W*stripeCell:][:stripeCell] {
				if v < palest {
					n++
				}
			}
		}
		b.Ink[i] = float64(n) >= stripeFull*stripeCell*stripeCell
	}
	return b
}

// gather lists the marked cells that hang together with the first one, over gaps
// of one cell.
func gather(b *Bitmap, seen []bool, start int) []int {
	seen[start] = true
	list := []int{start}
	for at := 0; at < len(list); at++ {
		x, y := list[at]%b.W, list[at]/b.W
		for dy := max(y-2, 0); dy <= min(y+2, b.H-1); dy++ {
			for dx := max(x-2, 0); dx <= min(x+2, b.W-1); dx++ {
				if i := dy*b.W + dx; b.Ink[i] && !seen[i] {
					seen[i] = true
					list = append(list, i)
				}
			}
		}
	}
	return list
}

// stripe measures cells along and across their main direction.
func stripe(list []int, w int) (Slanted, bool) {
	if len(list) < 12 {
		return Slanted{}, false
	}
	var mx, my float64
	for _, i := range list {
		mx, my = mx+float64(i%w), my+float64(i/w)
	}
	mx, my = mx/float64(len(list)), my/float64(len(list))
	var xx, xy, yy float64
	for _, i := range list {
		dx, dy := float64(i%w)-mx, float64(i/w)-my
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	angle := math.Atan2(2*xy, xx-yy) / 2
	along, across := make([]float64, len(list)), make([]float64, len(list))
	sin, cos := math.Sincos(angle)
	for n, i := range list {
		dx, dy := float64(i%w)-mx, float64(i/w)-my
		along[n], across[n] = dx*cos+dy*sin, dy*cos-dx*sin
	}
	slices.Sort(along)
	slices.Sort(across)
	few := len(list) / 40
	s := Slanted{
		X: (mx + 0.5) * stripeCell, Y: (my + 0.5) * stripeCell, Angle: angle,
		Length: (along[len(list)-1] - along[0] + 1) * stripeCell,
		High:   (across[len(list)-1-few] - across[few] + 0.6) * stripeCell,
	}
	tilt := math.Abs(angle)
	ok := tilt >= leastAngle && tilt <= mostAngle && s.Length >= stripeThin*s.High && s.High >= leastLetter && s.High <= mostLetter
	return s, ok
}

// Straighten cuts a stripe out and turns it level, w by h pixels, its letters the
// given share of the height.
func Straighten(g *image.Gray, s Slanted, h int, share float64) *image.Gray {
	scale := s.High / share / float64(h)
	w := int((s.Length + 2*s.High) / scale)
	out := image.NewGray(image.Rect(0, 0, max(w, 1), h))
	sin, cos := math.Sincos(s.Angle)
	for y := range h {
		for x := range out.Rect.Dx() {
			a, b := (float64(x)+0.5-float64(out.Rect.Dx())/2)*scale, (float64(y)+0.5-float64(h)/2)*scale
			out.Pix[y*out.Stride+x] = uint8(bilinear(g, s.X+a*cos-b*sin, s.Y+a*sin+b*cos) + 0.5)
		}
	}
	return out
}
