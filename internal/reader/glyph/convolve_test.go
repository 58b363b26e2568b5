package glyph

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func random(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = rng.Float32()*2 - 1
	}
	return v
}

// Whoever replays a review on another machine must get the same bits.
func TestVectorsGiveTheBitsOfPlainGo(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		k := kernel{channels: 1 + rng.IntN(9), rows: rng.IntN(4), taps: 1 + 2*rng.IntN(4), bias: rng.Float32()}
		n := 1 + rng.IntN(100)
		k.stride = n + 2*margin
		k.plane = k.stride * (k.rows + 1)
		k.step = k.taps * (k.rows + 1)
		src, w := random(rng, k.plane*k.channels), random(rng, k.step*k.channels)
		want, got := make([]float32, n), make([]float32, n)
		k.plain(want, src, w)
		k.run(got, src, w)
		if !slices.Equal(want, got) {
			t.Fatalf("%+v over %d columns:\n%v\n%v", k, n, want, got)
		}
	}
}

func BenchmarkConvolve(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	k := kernel{channels: 48, rows: 3, taps: 3, plane: 8 * 140, stride: 140, step: 9}
	src, w, dst := random(rng, 48*8*140), random(rng, 48*9), make([]float32, 132)
	for name, run := range map[string]func(dst, src, w []float32){"plain": k.plain, "run": k.run} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				run(dst, src, w)
			}
		})
	}
}
