package glyph

import (
	"math"
)

// Scores holds what a network said of one strip: for each step (a quarter of
// the strip's pixels) the log probability of each character.
type Scores struct {
	net   *Net
	steps int
	logp  []float32 // [steps][classes]
	alpha []float64 // scratch of Score
}

// Clone is a copy that outlives the next run.
func (s *Scores) Clone() *Scores {
	return &Scores{net: s.net, steps: s.steps, logp: append([]float32(nil), s.logp...)}
}

// Steps is the number of steps along the strip.
func (s *Scores) Steps() int { return s.steps }

func (s *Scores) classes() int { return len(s.net.alphabet) + 1 }

// take turns the last layer's planes into log probabilities.
func (s *Scores) take(p planes) {
	n := p.c
	s.steps = p.w
	if cap(s.logp) < n*p.w {
		s.logp = make([]float32, n*p.w)
	}
	s.logp = s.logp[:n*p.w]
	s.turn(p)
	s.Restrict("")
}

// turn copies rows of steps into rows of characters, in blocks that stay in the
// processor's nearest memory.
func (s *Scores) turn(p planes) {
	const block = 16
	for from := 0; from < p.c; from += block {
		for c := from; c < min(from+block, p.c); c++ {
			for t, v := range p.row(c, 0)[margin : margin+p.w] {
				s.logp[t*p.c+c] = v
			}
		}
	}
}

// text is the best path over the planes of the last layer.
func (n *Net) text(p planes) string {
	best, value := make([]int, p.w), append([]float32(nil), p.row(0, 0)[margin:margin+p.w]...)
	for c := 1; c < p.c; c++ {
		for t, v := range p.row(c, 0)[margin : margin+p.w] {
			if v > value[t] {
				best[t], value[t] = c, v
			}
		}
	}
	var text []rune
	last := 0
	for _, c := range best {
		if c != 0 && c != last {
			text = append(text, n.alphabet[c-1])
		}
		last = c
	}
	return string(text)
}

// Restrict rules out all characters but the given ones (empty: none is ruled
// out) and makes the rest add up to one again.
func (s *Scores) Restrict(allowed string) {
	n := s.classes()
	ok := make([]bool, n)
	ok[0] = true
	for c := 1; c < n; c++ {
		ok[c] = allowed == ""
	}
	for _, r := range allowed {
		if i := s.net.index[r]; i > 0 {
			ok[i] = true
		}
	}
	for t := range s.steps {
		renormalise(s.logp[t*n:(t+1)*n], ok)
	}
}

// negligible is the logarithm of a share that thousands of characters together do not
// lift above what 32 bits can hold.
const negligible = -32

func renormalise(row []float32, ok []bool) {
	top := math.Inf(-1)
	for c, v := range row {
		if ok[c] {
			top = max(top, float64(v))
		}
	}
	sum := 0.0
	for c, v := range row {
		if d := float64(v) - top; ok[c] && d > negligible {
			sum += math.Exp(d)
		}
	}
	shift := top + math.Log(sum)
	for c := range row {
		if ok[c] {
			row[c] -= float32(shift)
		} else {
			row[c] = float32(math.Inf(-1))
		}
	}
}

// Glyph is one character of a reading.
type Glyph struct {
	Char        rune
	Probability float64 // of its best step
	Start, End  int     // steps
}

// BestPath is the reading that takes the best character at each step. Glyphs
// are appended to buf.
func (s *Scores) BestPath(buf []Glyph) []Glyph {
	n, last := s.classes(), 0
	for t := range s.steps {
		row := s.logp[t*n : (t+1)*n]
		best := 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		p := math.Exp(float64(row[best]))
		switch {
		case best != 0 && best != last:
			buf = append(buf, Glyph{s.net.alphabet[best-1], p, t, t + 1})
		case best != 0:
			g := &buf[len(buf)-1]
			g.Probability, g.End = max(g.Probability, p), t+1
		}
		last = best
	}
	return buf
}

// Text joins the characters of a reading.
func Text(glyphs []Glyph) string {
	b := make([]rune, len(glyphs))
	for i, g := range glyphs {
		b[i] = g.Char
	}
	return string(b)
}

// Score is the natural logarithm of the probability that the steps from..to
// say exactly this text (the CTC forward score over all alignments). It is
// minus infinity when the text holds an unknown character or does not fit.
func (s *Scores) Score(text string, from, to int) float64 {
	labels := s.labels(text)
	from, to = max(from, 0), min(to, s.steps)
	if labels == nil || from >= to {
		return math.Inf(-1)
	}
	return s.forward(labels, from, to)
}

func (s *Scores) forward(labels []int, from, to int) float64 {
	n, m := s.classes(), len(labels)
	if cap(s.alpha) < m {
		s.alpha = make([]float64, m)
	}
	alpha := s.alpha[:m]
	for i := range alpha {
		alpha[i] = math.Inf(-1)
	}
	alpha[0] = float64(s.logp[from*n])
	if m > 1 {
		alpha[1] = float64(s.logp[from*n+labels[1]])
	}
	for t := from + 1; t < to; t++ {
		row := s.logp[t*n : (t+1)*n]
		for i := m - 1; i >= 0; i-- {
			a := alpha[i]
			if i > 0 {
				a = addLog(a, alpha[i-1])
			}
			if i > 1 && labels[i] != 0 && labels[i] != labels[i-2] {
				a = addLog(a, alpha[i-2])
			}
			alpha[i] = a + float64(row[labels[i]])
		}
	}
	if m == 1 {
		return alpha[0]
	}
	return addLog(alpha[m-1], alpha[m-2])
}

// addLog is the logarithm of the sum of two numbers given by their logarithms.
func addLog(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if b-a < -40 || math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
