// Package glyph reads one line of print with a small convolutional network of
// our own: grey strip in, the probability of each character at each step out,
// and from that the best reading or the score of a text that was declared.
// Inference allocates nothing per glyph and gives the same bits on every run and
// every machine: it is plain Go, and eight columns at once where the processor
// can, in the same order of the same operations.
//
// It does not find lines on a page and knows no document. Networks are trained
// by the programs in training/.
package glyph

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// Height is the height of a strip in pixels.
const Height = 32

// Layer is one convolution with what follows it. Rows are padded by Pad at top
// and bottom, columns by half the kernel's width.
type layer struct {
	Out  int  `json:"out"`
	KH   int  `json:"kh"`
	KW   int  `json:"kw"`
	PH   int  `json:"ph"` // max-pooling window, height
	PW   int  `json:"pw"` // max-pooling window, width
	Pad  int  `json:"pad"`
	ReLU bool `json:"relu"`

	in      int
	weights []float32 // [out][in][kh][kw]
	bias    []float32
}

// Net is a loaded network; it is never changed and may be shared.
type Net struct {
	alphabet []rune // class 0 is the blank, class i is alphabet[i-1]
	index    map[rune]int
	layers   []layer
}

// The limits keep a damaged weights file from asking for the moon.
const (
	maxLayers  = 16
	maxWeights = 16 << 20
)

// Load reads a network as training/network.py writes it.
func Load(data []byte) (*Net, error) {
	if len(data) < 8 || string(data[:4]) != "RNW1" {
		return nil, errors.New("not a network: no RNW1 at its start")
	}
	n := int(binary.LittleEndian.Uint32(data[4:]))
	if n > len(data)-8 {
		return nil, errors.New("network header is cut off")
	}
	var head struct {
		Alphabet string  `json:"alphabet"`
		Layers   []layer `json:"layers"`
		Half     bool    `json:"half"`
	}
	if err := json.Unmarshal(data[8:8+n], &head); err != nil {
		return nil, fmt.Errorf("network header: %w", err)
	}
	net := &Net{alphabet: []rune(head.Alphabet), layers: head.Layers, index: map[rune]int{}}
	for i, r := range net.alphabet {
		net.index[r] = i + 1
	}
	return net, net.fill(data[8+n:], head.Half)
}

// fill checks the shapes and takes the weights in the order of the layers.
func (n *Net) fill(data []byte, half bool) error {
	if len(n.layers) == 0 || len(n.layers) > maxLayers {
		return fmt.Errorf("network has %d layers, allowed are 1 to %d", len(n.layers), maxLayers)
	}
	size := 4
	if half {
		size = 2
	}
	in, height := 1, Height
	for i := range n.layers {
		l := &n.layers[i]
		if !l.sane() {
			return fmt.Errorf("layer %d has an impossible shape", i)
		}
		l.in = in
		count := l.Out * in * l.KH * l.KW
		if count > maxWeights || len(data) < (count+l.Out)*size {
			return fmt.Errorf("layer %d: weights are cut off", i)
		}
		l.weights, l.bias = numbers(data[:count*size], half), numbers(data[count*size:(count+l.Out)*size], half)
		data = data[(count+l.Out)*size:]
		in, height = l.Out, (height+2*l.Pad-l.KH+1)/l.PH
	}
	if len(data) != 0 || height != 1 || in != len(n.alphabet)+1 {
		return errors.New("network does not end in one row of one score per character")
	}
	return nil
}

func (l *layer) sane() bool {
	within := func(v, lo, hi int) bool { return v >= lo && v <= hi }
	return within(l.Out, 1, 1<<14) && within(l.KH, 1, 8) && within(l.KW, 1, 9) && l.KW%2 == 1 &&
		within(l.PH, 1, 4) && within(l.PW, 1, 4) && within(l.Pad, 0, 4)
}

func numbers(b []byte, half bool) []float32 {
	if half {
		out := make([]float32, len(b)/2)
		for i := range out {
			out[i] = fromHalf(binary.LittleEndian.Uint16(b[2*i:]))
		}
		return out
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

// fromHalf widens an IEEE 754 half-precision number.
func fromHalf(h uint16) float32 {
	sign, exp, frac := float32(1), int(h>>10&31), float64(h&1023)
	if h&0x8000 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * float32(math.Ldexp(frac, -24))
	case 31:
		return float32(math.Inf(int(sign)))
	}
	return sign * float32(math.Ldexp(1024+frac, exp-25))
}

// Alphabet lists the characters the network knows.
func (n *Net) Alphabet() string { return string(n.alphabet) }

// Knows reports whether every character of a text can be read.
func (n *Net) Knows(text string) bool {
	for _, r := range text {
		if n.index[r] == 0 {
			return false
		}
	}
	return true
}
