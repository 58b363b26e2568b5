package layout

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Rows of a watermark often touch other pale print: a pattern, a seal, a portrait.
// They are then found by the direction in which the page's pale print lines up.
const (
	rowCell  = 4  // pixels
	rowReach = 14 // cells to each side that a row is compared with
	rowStep  = 1.5 * math.Pi / 180
	rowsMost = 4
	rowClear = 1.6 // times as lined up as in most directions, at least
)

// profile is how much pale print lies on each of many parallel lines.
type profile struct {
	angle float64
	low   float64   // of the first line, cells from the upper left corner
	sums  []float64 // by line
	over  []float64 // by line, how much more than around it
	clear float64   // how unevenly it is spread
}

// Rows finds rows of pale print that run across what Pale gives, in the one direction
// in which they line up; none when there is no such direction.
func Rows(pale *image.Gray) []Slanted {
	w, h := pale.Rect.Dx()/rowCell, pale.Rect.Dy()/rowCell
	if w < 3*rowReach || h < 3*rowReach {
		return nil
	}
	cells := shades(pale, w, h)
	var all []profile
	for a := leastAngle; a <= mostAngle; a += rowStep {
		all = append(all, project(cells, w, a), project(cells, w, -a))
	}
	slices.SortFunc(all, func(a, b profile) int { return cmp.Compare(b.clear, a.clear) })
	best := all[0]
	if best.clear < rowClear*all[len(all)/2].clear {
		return nil
	}
	return best.rows(cells, w)
}

// shades are how much pale print each cell holds, 0 to 1.
func shades(pale *image.Gray, w, h int) []float64 {
	out := make([]float64, w*h)
	for i := range out {
		sum := 0
		for y := i / w * rowCell; y < (i/w+1)*rowCell; y++ {
			for _, v := range pale.Pix[y*pale.Stride+i%w*rowCell:][:rowCell] {
				sum += 255 - int(v)
			}
		}
		out[i] = float64(sum) / (200 * rowCell * rowCell)
	}
	return out
}

// project sums the cells along lines of one direction.
func project(cells []float64, w int, angle float64) profile {
	h := len(cells) / w
	sin, cos := math.Sincos(angle)
	p := profile{angle: angle, low: min(0, -sin*float64(w))}
	n := int(math.Abs(sin)*float64(w)+cos*float64(h)) + 3
	p.sums, p.over = make([]float64, n), make([]float64, n)
	for i, v := range cells {
		if v > 0 {
			t := float64(i/w)*cos - float64(i%w)*sin - p.low
			at := int(t)
			p.sums[at] += v * (1 - t + float64(at))
			p.sums[at+1] += v * (t - float64(at))
		}
	}
	total := 0.0
	for i, v := range p.sums {
		around, k := 0.0, 0
		for j := max(i-rowReach, 0); j <= min(i+rowReach, n-1); j++ {
			around, k = around+p.sums[j], k+1
		}
		p.over[i] = v - around/float64(k)
		p.clear += p.over[i] * p.over[i]
		total += v
	}
	p.clear /= max(total, 1)
	return p
}

// rows are the lines that stand out most, each as wide as its print.
func (p profile) rows(cells []float64, w int) []Slanted {
	most := slices.Max(p.over)
	type run struct {
		from, to int
		sum      float64
	}
	var runs []run
	for i := 0; i < len(p.over); i++ {
		r := run{from: i}
		for ; i < len(p.over) && p.over[i] > 0.25*most; i++ {
			r.sum += p.over[i]
		}
		if r.to = i; r.to > r.from+1 {
			runs = append(runs, r)
		}
	}
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(b.sum, a.sum) })
	var out []Slanted
	for _, r := range runs[:min(len(runs), rowsMost)] {
		out = append(out, p.row(cells, w, float64(r.from)-0.5, float64(r.to)))
	}
	return out
}

// row measures how far a row reaches.
func (p profile) row(cells []float64, w int, from, to float64) Slanted {
	sin, cos := math.Sincos(p.angle)
	var along []float64
	for i, v := range cells {
		x, y := float64(i%w), float64(i/w)
		if t := y*cos - x*sin - p.low; v > 0.1 && t >= from && t <= to {
			along = append(along, x*cos+y*sin)
		}
	}
	if len(along) == 0 {
		along = []float64{0}
	}
	slices.Sort(along)
	few := len(along) / 50
	first, last := along[few], along[len(along)-1-few]
	mid, t := (first+last)/2, (from+to)/2+p.low
	return Slanted{
		X: (mid*cos - t*sin + 0.5) * rowCell, Y: (mid*sin + t*cos + 0.5) * rowCell, Angle: p.angle,
		Length: (last - first + 1) * rowCell, High: (to - from) * rowCell,
	}
}
