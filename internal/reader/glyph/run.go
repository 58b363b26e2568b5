package glyph

import (
	"image"
	"slices"
)

// MaxWidth is the widest strip in pixels; what is wider is cut off.
const MaxWidth = 2048

// Runner runs one network; its memory is reused from strip to strip. It must
// not be used by two goroutines at once.
type Runner struct {
	net  *Net
	a, b []float32 // planes of the layer before and after
	out  Scores
}

// NewRunner makes a runner for a network.
func NewRunner(n *Net) *Runner { return &Runner{net: n, out: Scores{net: n}} }

// planes is a stack of channels; each row has a margin of zeros on both sides
// so that kernels need no edge cases.
type planes struct {
	data    []float32
	c, h, w int
	stride  int
}

const margin = 4

func (p *planes) row(c, y int) []float32 {
	at := (c*p.h+y)*p.stride + margin
	return p.data[at-margin : at+p.w+margin]
}

// shape takes memory for a stack of planes from buf, growing it when needed.
func shape(buf *[]float32, c, h, w int) planes {
	p := planes{c: c, h: h, w: w, stride: w + 2*margin}
	if need := c * h * p.stride; cap(*buf) < need {
		*buf = make([]float32, need)
	}
	p.data = (*buf)[:c*h*p.stride]
	clear(p.data)
	return p
}

// Run reads a strip of Height rows. The scores stay valid until the next run.
func (r *Runner) Run(strip *image.Gray) *Scores {
	if last, ok := r.forward(strip); ok {
		r.out.take(last)
	} else {
		r.out.steps, r.out.logp = 0, r.out.logp[:0]
	}
	return &r.out
}

// Read is the text of the best path of a strip. It takes no probabilities, which for
// thousands of characters cost as much as a layer does.
func (r *Runner) Read(strip *image.Gray) string {
	last, ok := r.forward(strip)
	if !ok {
		return ""
	}
	return r.net.text(last)
}

// forward runs the layers and returns the planes of the last, a row of steps for each
// character. A strip that cannot be read has none.
func (r *Runner) forward(strip *image.Gray) (planes, bool) {
	width := min(strip.Rect.Dx(), MaxWidth)
	if width < 8 || strip.Rect.Dy() != Height {
		return planes{}, false
	}
	in := shape(&r.a, 1, Height, width)
	normalise(strip, &in)
	bufs := [2]*[]float32{&r.b, &r.a}
	for i := range r.net.layers {
		l := &r.net.layers[i]
		in = l.apply(in, bufs[i%2])
	}
	return in, true
}

// normalise writes the strip with ink near 1 and paper near 0: the same
// arithmetic as training/lines.py.
func normalise(g *image.Gray, p *planes) {
	var histogram [256]int
	for y := range Height {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+p.w] {
			histogram[v]++
		}
	}
	lo, hi := percentile(&histogram, 2*Height*p.w/100), percentile(&histogram, 85*Height*p.w/100)
	scale := 1 / max(float32(hi-lo), 24)
	for y := range Height {
		row := p.row(0, y)[margin:]
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+p.w] {
			row[x] = min(max(float32(hi-int(v))*scale, -0.5), 1.5)
		}
	}
}

func percentile(histogram *[256]int, rank int) int {
	for v, n := range histogram {
		if rank -= n; rank < 0 {
			return v
		}
	}
	return 255
}

// pool takes the maximum of each window, in place: what is written is never
// ahead of what is still to be read.
func pool(in planes, ph, pw int) planes {
	out := planes{data: in.data, c: in.c, h: in.h / ph, w: in.w / pw}
	out.stride = out.w + 2*margin
	for c := range out.c {
		for y := range out.h {
			at := (c*out.h + y) * out.stride
			poolRow(in, out.data[at:at+out.stride], c, y*ph, ph, pw)
		}
	}
	out.data = out.data[:out.c*out.h*out.stride]
	return out
}

func poolRow(in planes, dst []float32, c, y, ph, pw int) {
	clear(dst[:margin])
	w := len(dst) - 2*margin
	out := dst[margin : margin+w]
	largest(out, in.row(c, y)[margin:], pw)
	for dy := 1; dy < ph; dy++ {
		raise(out, in.row(c, y+dy)[margin:], pw)
	}
	clear(dst[margin+w:])
}

// largest takes the maximum of each pw numbers; out may lie at the start of src.
func largest(out, src []float32, pw int) {
	if pw == 2 { // most layers: three times as fast without the inner loop
		for x := range out {
			out[x] = max(src[2*x], src[2*x+1])
		}
		return
	}
	for x := range out {
		out[x] = slices.Max(src[x*pw : (x+1)*pw])
	}
}

// raise lifts each number to the maximum of pw others.
func raise(out, src []float32, pw int) {
	if pw == 2 {
		for x := range out {
			out[x] = max(out[x], src[2*x], src[2*x+1])
		}
		return
	}
	for x := range out {
		out[x] = max(out[x], slices.Max(src[x*pw:(x+1)*pw]))
	}
}
