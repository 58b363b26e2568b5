package imaging

import (
	"image"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// paper is noise around a grey, and what is added to it.
func paper(add func(x, y float64) float64) *image.Gray {
	rng := rand.New(rand.NewPCG(1, 2))
	g := image.NewGray(image.Rect(0, 0, 900, 700))
	for i := range g.Pix {
		g.Pix[i] = uint8(200 + rng.NormFloat64()*4 + add(float64(i%900), float64(i/900)))
	}
	return g
}

// Rule: what repeats at one frequency all over the paper is a display; noise, shade,
// curves and what runs along rows or columns is not.
func TestMoireIsOneFrequencyAllOver(t *testing.T) {
	for rule, c := range map[string]struct {
		g      *image.Gray
		screen bool
	}{
		"a slanted grid":           {paper(func(x, y float64) float64 { return 4 * math.Cos((x+0.1*y)*2) }), true},
		"slow bands":               {paper(func(x, y float64) float64 { return 6 * math.Cos((x+0.5*y)*0.6) }), true},
		"noise":                    {paper(func(_, _ float64) float64 { return 0 }), false},
		"shade across the page":    {paper(func(x, y float64) float64 { return (x + y) / 60 }), false},
		"rows, as of a scanner":    {paper(func(_, y float64) float64 { return 8 * math.Cos(y*1.3) }), false},
		"squares of eight pixels":  {paper(func(x, y float64) float64 { return 8 * math.Cos(x*math.Pi/4) * math.Cos(y*math.Pi/4) }), false},
		"a pattern in curves":      {paper(func(x, y float64) float64 { return 5 * math.Cos(math.Hypot(x-450, y-350)) }), false},
		"nothing but print":        {paper(func(x, _ float64) float64 { return -180 * float64(int(x)/9%2) }), false},
		"smaller than two squares": {image.NewGray(image.Rect(0, 0, 70, 70)), false},
	} {
		if v := moire(c.g); v >= 4.5 != c.screen {
			t.Errorf("%s: %.2f", rule, v)
		}
	}
}

func TestTheTransformIsFouriers(t *testing.T) {
	v, want := make([]complex128, fourierSide), make([]complex128, fourierSide)
	for i := range v {
		v[i] = complex(float64(i*i%17), float64(i%5))
	}
	for k := range want {
		for i, x := range v {
			want[k] += x * cmplx.Rect(1, -2*math.Pi*float64(i*k)/fourierSide)
		}
	}
	fourier(v)
	for k := range v {
		if cmplx.Abs(v[k]-want[k]) > 1e-9 {
			t.Fatalf("%d: %v, want %v", k, v[k], want[k])
		}
	}
}

func BenchmarkMoire(b *testing.B) {
	g := paper(func(x, y float64) float64 { return 4 * math.Cos((x+0.1*y)*2) })
	for b.Loop() {
		moire(g)
	}
}
