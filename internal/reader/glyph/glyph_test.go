package glyph

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// build writes a network file with random weights.
func build(t testing.TB, alphabet string, layers []layer, g *rand.Rand) []byte {
	t.Helper()
	head, err := json.Marshal(map[string]any{"alphabet": alphabet, "layers": layers})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("RNW1")
	binary.Write(&b, binary.LittleEndian, uint32(len(head)))
	b.Write(head)
	in := 1
	for _, l := range layers {
		for range l.Out*in*l.KH*l.KW + l.Out {
			binary.Write(&b, binary.LittleEndian, float32(g.NormFloat64()/4))
		}
		in = l.Out
	}
	return b.Bytes()
}

// small ends in one row: 32 rows, halved four times, then a kernel of two.
func small(classes int) []layer {
	return []layer{
		{Out: 3, KH: 3, KW: 3, PH: 2, PW: 2, Pad: 1, ReLU: true},
		{Out: 4, KH: 3, KW: 3, PH: 4, PW: 2, Pad: 1, ReLU: true},
		{Out: 5, KH: 3, KW: 5, PH: 2, PW: 1, Pad: 1, ReLU: true},
		{Out: 6, KH: 2, KW: 3, PH: 1, PW: 1, Pad: 0, ReLU: true},
		{Out: classes, KH: 1, KW: 1, PH: 1, PW: 1},
	}
}

func noise(w int, g *rand.Rand) *image.Gray {
	s := image.NewGray(image.Rect(0, 0, w, Height))
	for i := range s.Pix {
		s.Pix[i] = uint8(g.IntN(256))
	}
	return s
}

// naive computes a layer straight from the definition.
func naive(l *layer, in [][][]float64) [][][]float64 {
	h, w := len(in[0])+2*l.Pad-l.KH+1, len(in[0][0])
	out := make([][][]float64, l.Out)
	for o := range out {
		full := make([][]float64, h)
		for y := range full {
			full[y] = make([]float64, w)
			for x := range full[y] {
				sum := float64(l.bias[o])
				for c := range in {
					for ky := range l.KH {
						for kx := range l.KW {
							sy, sx := y+ky-l.Pad, x+kx-l.KW/2
							if sy >= 0 && sy < len(in[0]) && sx >= 0 && sx < w {
								sum += float64(l.weights[((o*l.in+c)*l.KH+ky)*l.KW+kx]) * in[c][sy][sx]
							}
						}
					}
				}
				if l.ReLU {
					sum = max(sum, 0)
				}
				full[y][x] = sum
			}
		}
		out[o] = pooled(full, l.PH, l.PW)
	}
	return out
}

func pooled(in [][]float64, ph, pw int) [][]float64 {
	out := make([][]float64, len(in)/ph)
	for y := range out {
		out[y] = make([]float64, len(in[0])/pw)
		for x := range out[y] {
			best := math.Inf(-1)
			for dy := range ph {
				for dx := range pw {
					best = max(best, in[y*ph+dy][x*pw+dx])
				}
			}
			out[y][x] = best
		}
	}
	return out
}

func TestRunEqualsTheDefinition(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	net, err := Load(build(t, "ABC", small(4), g))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner(net)
	for _, width := range []int{8, 37, 64} {
		strip := noise(width, g)
		var buf []float32
		p := shape(&buf, 1, Height, width)
		normalise(strip, &p)
		planes := [][][]float64{make([][]float64, Height)}
		for y := range Height {
			for _, v := range p.row(0, y)[margin : margin+width] {
				planes[0][y] = append(planes[0][y], float64(v))
			}
		}
		for i := range net.layers {
			planes = naive(&net.layers[i], planes)
		}
		got := r.Run(strip)
		if got.Steps() != width/4 {
			t.Fatalf("width %d: %d steps", width, got.Steps())
		}
		for step := range got.Steps() {
			sum := 0.0
			for c := range planes {
				sum += math.Exp(planes[c][0][step])
			}
			for c := range planes {
				want := planes[c][0][step] - math.Log(sum)
				if d := math.Abs(float64(got.logp[step*4+c]) - want); d > 1e-3 {
					t.Fatalf("width %d step %d class %d: off by %g", width, step, c, d)
				}
			}
		}
	}
}

func TestRunIsDeterministicAndReusesMemory(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 4))
	net, err := Load(build(t, "ABC", small(4), g))
	if err != nil {
		t.Fatal(err)
	}
	r, strip := NewRunner(net), noise(120, g)
	first := append([]float32(nil), r.Run(strip).logp...)
	r.Run(noise(300, g))
	for i, v := range r.Run(strip).logp {
		if v != first[i] {
			t.Fatal("the second run of one strip differs from the first")
		}
	}
	if n := testing.AllocsPerRun(20, func() { r.Run(strip) }); n > 2 {
		t.Errorf("%v allocations per strip", n)
	}
}

// Rule: reading without probabilities reads the same.
func TestReadIsTheBestPath(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	longest := 0
	for range 40 { // most random networks say one thing only
		net, err := Load(build(t, "ABC", small(4), g))
		if err != nil {
			t.Fatal(err)
		}
		r, strip := NewRunner(net), noise(8+g.IntN(600), g)
		for i := range strip.Pix { // stripes of ink, so that steps differ
			if i%strip.Stride/24%2 == 0 {
				strip.Pix[i] /= 8
			}
		}
		want := Text(r.Run(strip).BestPath(nil))
		if got := r.Read(strip); got != want {
			t.Fatalf("read %q, want %q", got, want)
		}
		longest = max(longest, len(want))
	}
	if longest < 5 {
		t.Errorf("no network said more than %d characters: nothing was compared", longest)
	}
}

// TestScoreSumsAllAlignments compares the forward score with every path there is.
func TestScoreSumsAllAlignments(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	const steps, classes = 5, 3
	s := &Scores{net: &Net{alphabet: []rune("AB"), index: map[rune]int{'A': 1, 'B': 2}}, steps: steps}
	for range steps * classes {
		s.logp = append(s.logp, float32(g.NormFloat64()))
	}
	s.Restrict("")
	sums := map[string]float64{}
	for path := range int(math.Pow(classes, steps)) {
		text, last, p := "", 0, 0.0
		for step, rest := 0, path; step < steps; step, rest = step+1, rest/classes {
			c := rest % classes
			p += float64(s.logp[step*classes+c])
			if c != 0 && c != last {
				text += string("AB"[c-1])
			}
			last = c
		}
		sums[text] += math.Exp(p)
	}
	for _, text := range []string{"", "A", "B", "AB", "BA", "AA", "ABA", "BBA", "ABABA"} {
		got := math.Exp(s.Score(text, 0, steps))
		if math.Abs(got-sums[text]) > 1e-6 {
			t.Errorf("%q: %g, all paths sum to %g", text, got, sums[text])
		}
	}
	if !math.IsInf(s.Score("C", 0, steps), -1) {
		t.Error("an unknown character has a score")
	}
	if !math.IsInf(s.Score("AA", 0, 2), -1) && math.Exp(s.Score("AA", 0, 2)) > 1e-9 {
		t.Error("a doubled character fits two steps without a blank")
	}
}

func TestRestrictRulesOut(t *testing.T) {
	s := &Scores{net: &Net{alphabet: []rune("0O"), index: map[rune]int{'0': 1, 'O': 2}}, steps: 1, logp: []float32{0, 1, 3}}
	s.Restrict("0")
	if got := Text(s.BestPath(nil)); got != "0" {
		t.Errorf("read %q, want 0", got)
	}
	if p := math.Exp(float64(s.logp[0])) + math.Exp(float64(s.logp[1])); math.Abs(p-1) > 1e-6 {
		t.Errorf("what is left adds up to %v", p)
	}
}

func TestBestPathDropsBlanksAndRepeats(t *testing.T) {
	s := &Scores{net: &Net{alphabet: []rune("AB"), index: map[rune]int{'A': 1, 'B': 2}}, steps: 6}
	for _, c := range []int{1, 1, 0, 1, 2, 0} {
		row := []float32{-9, -9, -9}
		row[c] = -0.1
		s.logp = append(s.logp, row...)
	}
	g := s.BestPath(nil)
	if Text(g) != "AAB" || g[0].Start != 0 || g[0].End != 2 || g[2].Start != 4 {
		t.Errorf("read %q: %v", Text(g), g)
	}
}

func TestHalfPrecision(t *testing.T) {
	for bits, want := range map[uint16]float32{0x3C00: 1, 0xC000: -2, 0x3555: 0.33325195, 0x0001: 5.9604645e-08, 0: 0} {
		if got := fromHalf(bits); got != want {
			t.Errorf("%04x: %v, want %v", bits, got, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	good := build(f, "AB", small(3), rand.New(rand.NewPCG(7, 8)))
	f.Add(good)
	f.Add(good[:40])
	f.Add([]byte("RNW1\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		net, err := Load(data)
		if err != nil {
			return
		}
		NewRunner(net).Run(image.NewGray(image.Rect(0, 0, 40, Height)))
	})
}
