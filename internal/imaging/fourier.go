package imaging

import (
	"math"
	"math/bits"
)

// fourierSide is the side of the squares that are transformed, a power of two.
const fourierSide = 64

// turns are the roots of unity of the transform.
var turns = func() (t [fourierSide / 2]complex128) {
	for i := range t {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / fourierSide)
		t[i] = complex(cos, sin)
	}
	return t
}()

// fourier transforms a row of fourierSide values in place (Cooley and Tukey's, radix 2).
func fourier(v []complex128) {
	for i := range v {
		if j := int(bits.Reverse8(uint8(i)) >> 2); j > i {
			v[i], v[j] = v[j], v[i]
		}
	}
	for size := 2; size <= fourierSide; size *= 2 {
		half, step := size/2, fourierSide/size
		for at := 0; at < fourierSide; at += size {
			for i := range half {
				a, b := v[at+i], v[at+half+i]*turns[i*step]
				v[at+i], v[at+half+i] = a+b, a-b
			}
		}
	}
}

// spectrum is the power of a square by frequency along rows and columns, row by row.
func spectrum(square []float64) []float64 {
	v := make([]complex128, len(square))
	for i, x := range square {
		v[i] = complex(x, 0)
	}
	column := make([]complex128, fourierSide)
	for y := range fourierSide {
		fourier(v[y*fourierSide : (y+1)*fourierSide])
	}
	for x := range fourierSide {
		for y := range fourierSide {
			column[y] = v[y*fourierSide+x]
		}
		fourier(column)
		for y := range fourierSide {
			v[y*fourierSide+x] = column[y]
		}
	}
	out := make([]float64, len(v))
	for i, c := range v {
		out[i] = real(c)*real(c) + imag(c)*imag(c)
	}
	return out
}
