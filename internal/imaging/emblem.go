package imaging

import (
	"math"

	"realname/internal/review"
)

// EmblemPlace is where a document carries the national emblem, as shares of the
// upright page from the left and the top.
type EmblemPlace struct{ Left, Right, Bottom float64 }

// The places: certificates carry it at the top in the middle, cards at the top
// on the left.
var (
	OnCertificate = EmblemPlace{0.3, 0.7, 0.45}
	OnCard        = EmblemPlace{0.05, 0.35, 0.6}
)

// emblemWidth is how many pixels wide the copy is that is looked at.
const emblemWidth = 160

// How much redder than its surroundings a disc must be, in grey levels. Of 99 real
// licences 98 lie above 42, the other one shows no emblem; with their upper
// quarter cut off, 97 lie below 17.
const (
	emblemYes = 40
	emblemNo  = 20
)

// emblemSizes are half the emblem's side as shares of the page's shorter one.
var emblemSizes = []float64{0.04, 0.05, 0.06, 0.07, 0.085, 0.1, 0.12}

// Badge is what was found where the emblem belongs.
type Badge struct {
	Answer review.Answer
	Box    *review.Box // on the upright picture; nil unless the answer is yes
	// Cut is how much of its width lies along the top of the picture, 0 to 1: a whole
	// emblem ends in a rim before it, one that runs off ends in a straight line.
	Cut float64
}

// Emblem looks for the red emblem at its place, on the picture turned clockwise by
// each of the given numbers of quarter turns.
func Emblem(m *Image, at EmblemPlace, turns ...int) Badge {
	red := rednessMap(m)
	best, box, copied := math.Inf(-1), review.Box{}, red
	for _, n := range turns {
		upright := red
		for range n {
			upright = upright.turned()
		}
		if score, where := upright.disc(at); score > best {
			best, box, copied = score, where, upright
		}
	}
	if best < emblemNo {
		return Badge{Answer: review.No}
	}
	b := Badge{Answer: review.Unknown, Cut: copied.cutAbove(box, best/2)}
	if best >= emblemYes {
		b.Answer, b.Box = review.Yes, &box
	}
	return b
}

// rednessCopy is a small copy of a picture that holds how far red lies above green
// and blue.
type rednessCopy struct {
	w, h, step int
	cells      []float64
}

func rednessMap(m *Image) rednessCopy {
	step := max(m.Width/emblemWidth, 1)
	c := rednessCopy{w: m.Width / step, h: m.Height / step, step: step}
	c.cells = make([]float64, c.w*c.h)
	for i := range c.cells {
		c.cells[i] = cellRedness(m, i%c.w*step, i/c.w*step, step)
	}
	return c
}

func cellRedness(m *Image, x, y, step int) float64 {
	sum, n := 0, 0
	for dy := 0; dy < step; dy += max(step/3, 1) {
		for dx := 0; dx < step; dx += max(step/3, 1) {
			i := (y+dy)*m.R.Stride + x + dx
			sum, n = sum+max(int(m.R.Pix[i])-int(max(m.G.Pix[i], m.B.Pix[i])), 0), n+1
		}
	}
	return float64(sum) / float64(n)
}

// turned is the copy turned clockwise by a quarter.
func (c rednessCopy) turned() rednessCopy {
	out := rednessCopy{w: c.h, h: c.w, step: c.step, cells: make([]float64, len(c.cells))}
	for i, v := range c.cells {
		x, y := i%c.w, i/c.w
		out.cells[x*out.w+c.h-1-y] = v
	}
	return out
}

// disc finds the square that is reddest against what is around it.
func (c rednessCopy) disc(at EmblemPlace) (float64, review.Box) {
	sums := c.integral()
	mean := func(x0, y0, x1, y1 int) (sum, n float64) {
		x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, c.w), min(y1, c.h)
		if x1 <= x0 || y1 <= y0 {
			return 0, 0
		}
		return sums[y1*(c.w+1)+x1] - sums[y0*(c.w+1)+x1] - sums[y1*(c.w+1)+x0] + sums[y0*(c.w+1)+x0], float64((x1 - x0) * (y1 - y0))
	}
	best, box := math.Inf(-1), review.Box{}
	for _, share := range emblemSizes {
		r := max(int(share*float64(min(c.w, c.h))), 2)
		for y := r; y < int(at.Bottom*float64(c.h)); y += max(r/3, 1) {
			for x := int(at.Left * float64(c.w)); x <= int(at.Right*float64(c.w)); x += max(r/3, 1) {
				in, n := mean(x-r, y-r, x+r, y+r)
				if n < float64(3*r*r) {
					continue // hardly any of it is on the page
				}
				if score := in/n - around(mean, x, y, r); score > best {
					best, box = score, review.Box{X: (x - r) * c.step, Y: (y - r) * c.step, W: 2 * r * c.step, H: 2 * r * c.step}
				}
			}
		}
	}
	return best, box
}

// around is the reddest of what lies above, below and beside a square: a letter
// of a red title has others beside it, an emblem stands alone.
func around(mean func(x0, y0, x1, y1 int) (sum, n float64), x, y, r int) float64 {
	sides := [][4]int{{x - r, y - 2*r, x + r, y - r}, {x - r, y + r, x + r, y + 2*r}}
	for _, d := range []int{2 * r, 5 * r / 2, 3 * r} {
		sides = append(sides, [4]int{x - d - r, y - r, x - d + r, y + r}, [4]int{x + d - r, y - r, x + d + r, y + r})
	}
	most := 0.0
	for _, s := range sides {
		if sum, n := mean(s[0], s[1], s[2], s[3]); n > 0 {
			most = max(most, sum/n)
		}
	}
	return most
}

func (c rednessCopy) integral() []float64 {
	sums := make([]float64, (c.w+1)*(c.h+1))
	for y := range c.h {
		row := 0.0
		for x := range c.w {
			row += c.cells[y*c.w+x]
			sums[(y+1)*(c.w+1)+x+1] = sums[y*(c.w+1)+x+1] + row
		}
	}
	return sums
}
