package imaging

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// The pixels of a display, and the bands that they make with a camera's own, repeat
// at one frequency all over the paper. Noise and the fibres of paper have none; the
// pattern of a document runs in curves, and a JPEG's squares along rows and columns.
const (
	moireSquares = 48 // squares of paper looked at, at most
	moireLeast   = 12 // and at least
	moireRange   = 90 // grey levels that a square of paper may differ in
	moireLow     = 5  // frequencies below it are light and shade, in cycles a square
	moireAxis    = 1  // from the rows and columns
)

// moire is how far the strongest frequency of the paper stands out from those of the
// same length, in natural logarithms; 0 where there is too little paper.
func moire(luma *image.Gray) float64 {
	squares := paperSquares(luma)
	if len(squares) < moireLeast {
		return 0
	}
	mean := make([]float64, fourierSide*fourierSide)
	for _, at := range squares {
		power := spectrum(windowed(luma, at))
		total := 1e-9
		for i, p := range power {
			if frequency[i] >= moireLow {
				total += p
			}
		}
		for i, p := range power {
			mean[i] += math.Log(p/total + 1e-9)
		}
	}
	for i := range mean {
		mean[i] /= float64(len(squares))
	}
	return peak(mean)
}

// frequency is the length of each frequency, in cycles a square.
var frequency = func() (f [fourierSide * fourierSide]float64) {
	for i := range f {
		u, v := wave(i)
		f[i] = math.Hypot(float64(u), float64(v))
	}
	return f
}()

// wave is the frequency along rows and along columns, negative beyond the half.
func wave(i int) (u, v int) {
	u, v = i%fourierSide, i/fourierSide
	if u > fourierSide/2 {
		u -= fourierSide
	}
	if v > fourierSide/2 {
		v -= fourierSide
	}
	return u, v
}

// peak is how far the highest stands above the middle of its ring.
func peak(mean []float64) float64 {
	rings := make([][]float64, fourierSide)
	counts := func(i int) bool {
		u, v := wave(i)
		u, v = max(u, -u), max(v, -v)
		return frequency[i] >= moireLow && u > moireAxis && v > moireAxis && u%8 != 0 && v%8 != 0 && frequency[i] < fourierSide/2
	}
	for i, p := range mean {
		if counts(i) {
			rings[int(frequency[i])] = append(rings[int(frequency[i])], p)
		}
	}
	middles := make([]float64, len(rings))
	for i, r := range rings {
		if slices.Sort(r); len(r) > 0 {
			middles[i] = r[len(r)/2]
		}
	}
	best := 0.0
	for i, p := range mean {
		if counts(i) {
			best = max(best, p-middles[int(frequency[i])])
		}
	}
	return best
}

// paperSquares are the corners of squares without print, the brightest first.
func paperSquares(luma *image.Gray) []image.Point {
	type square struct {
		at   image.Point
		mean int
	}
	var list []square
	w, h := luma.Rect.Dx(), luma.Rect.Dy()
	for y := h / 10; y+fourierSide <= h*9/10; y += fourierSide / 2 {
		for x := w / 10; x+fourierSide <= w*9/10; x += fourierSide / 2 {
			if mean, ok := flatSquare(luma, x, y); ok {
				list = append(list, square{image.Pt(x, y), mean})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b square) int { return cmp.Compare(b.mean, a.mean) })
	var out []image.Point
	for _, s := range list[:min(len(list), moireSquares)] {
		out = append(out, s.at)
	}
	return out
}

// flatSquare reports whether a square holds no print, and its mean grey.
func flatSquare(luma *image.Gray, left, top int) (mean int, ok bool) {
	lo, hi, sum := 255, 0, 0
	for y := top; y < top+fourierSide; y += 2 {
		for _, v := range luma.Pix[y*luma.Stride+left : y*luma.Stride+left+fourierSide] {
			lo, hi, sum = min(lo, int(v)), max(hi, int(v)), sum+int(v)
		}
	}
	return sum * 2 / (fourierSide * fourierSide), hi-lo <= moireRange && hi > lo
}

// windowed is a square less its mean, faded out to its sides.
func windowed(luma *image.Gray, at image.Point) []float64 {
	out := make([]float64, fourierSide*fourierSide)
	sum := 0.0
	for i := range out {
		out[i] = float64(luma.Pix[(at.Y+i/fourierSide)*luma.Stride+at.X+i%fourierSide])
		sum += out[i]
	}
	for i := range out {
		out[i] = (out[i] - sum/float64(len(out))) * fade[i%fourierSide] * fade[i/fourierSide]
	}
	return out
}

// fade is Hann's window.
var fade = func() (f [fourierSide]float64) {
	for i := range f {
		f[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/fourierSide)
	}
	return f
}()
