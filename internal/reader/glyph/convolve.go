package glyph

// apply convolves, pools and rectifies into the memory given; in this order, since the
// largest of rectified numbers is the rectified largest, and there are fewer after.
func (l *layer) apply(in planes, next *[]float32) planes {
	h := in.h + 2*l.Pad - l.KH + 1
	out := shape(next, l.Out, h, in.w)
	for o := range l.Out {
		for y := range h {
			l.row(in, out.row(o, y)[margin:margin+in.w], o, y)
		}
	}
	if l.PH > 1 || l.PW > 1 {
		out = pool(out, l.PH, l.PW)
	}
	if l.ReLU {
		rectify(out.data)
	}
	return out
}

func rectify(data []float32) {
	for i, v := range data {
		data[i] = max(v, 0)
	}
}

// row computes one row of one output channel.
func (l *layer) row(in planes, dst []float32, o, y int) {
	first, last := max(l.Pad-y, 0), min(l.KH, in.h+l.Pad-y) // rows of the kernel that lie on the picture
	at := (y-l.Pad+first)*in.stride + margin - l.KW/2
	k := kernel{
		channels: l.in, rows: last - first, taps: l.KW,
		plane: in.h * in.stride, stride: in.stride, step: l.KH * l.KW, bias: l.bias[o],
	}
	k.run(dst, in.data[at:], l.weights[o*l.in*l.KH*l.KW+first*l.KW:])
}

// kernel is how one row of output is summed up: over the channels, the rows and
// the taps in a row, in this order. The assembly knows its layout.
type kernel struct {
	channels, rows, taps int
	plane, stride        int // numbers from a channel, and from a row, to the next
	step                 int // weights from a channel to the next
	bias                 float32
}

// The widths of the blocks that a processor sums up at once.
const (
	wide   = 32
	narrow = 8
)

// run sums up a row. The last block may overlap the one before it: each is summed
// up from nothing, so that does no harm.
func (k *kernel) run(dst, src, w []float32) {
	n := len(dst)
	switch {
	case !vectors || n < narrow:
		k.plain(dst, src, w)
	case n < wide:
		for x := 0; x < n; x += narrow {
			at := min(x, n-narrow)
			block8(k, &dst[at], &src[at], &w[0])
		}
	default:
		for x := 0; x < n; x += wide {
			at := min(x, n-wide)
			block32(k, &dst[at], &src[at], &w[0])
		}
	}
}

// plain is what run does, for every processor. The conversions keep the compiler
// from joining product and sum, which some processors round only once.
func (k *kernel) plain(dst, src, w []float32) {
	for x := range dst {
		dst[x] = k.bias
	}
	for c := range k.channels {
		for r := range k.rows {
			for t := range k.taps {
				f := w[c*k.step+r*k.taps+t]
				from := src[c*k.plane+r*k.stride+t:][:len(dst)]
				for x, v := range from {
					dst[x] += float32(f * v)
				}
			}
		}
	}
}
