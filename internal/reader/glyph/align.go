package glyph

import (
	"math"
	"slices"
)

// Span is where a character of an aligned text stands, in steps.
type Span struct{ From, To int }

// Align finds the likeliest place of each character of a text in the steps
// from..to. It returns nil when the text does not fit or holds an unknown
// character.
func (s *Scores) Align(text string, from, to int) []Span {
	labels := s.labels(text)
	from, to = max(from, 0), min(to, s.steps)
	if labels == nil || to-from < len(labels)/2 {
		return nil
	}
	n, m := s.classes(), len(labels)
	score, back := make([]float64, m), make([]int8, m*(to-from))
	for i := range score {
		score[i] = math.Inf(-1)
	}
	for t := from; t < to; t++ {
		row := s.logp[t*n : (t+1)*n]
		for i := m - 1; i >= 0; i-- {
			best, step := score[i], int8(0)
			if t == from {
				best = math.Inf(-1)
				if i < 2 {
					best = 0
				}
			}
			if i > 0 && t > from && score[i-1] > best {
				best, step = score[i-1], 1
			}
			if i > 1 && t > from && labels[i] != 0 && labels[i] != labels[i-2] && score[i-2] > best {
				best, step = score[i-2], 2
			}
			score[i], back[(t-from)*m+i] = best+float64(row[labels[i]]), step
		}
	}
	return trace(labels, score, back, from, to)
}

// trace walks the best alignment backwards.
func trace(labels []int, score []float64, back []int8, from, to int) []Span {
	m := len(labels)
	i := m - 1
	if m > 1 && score[m-2] > score[m-1] {
		i = m - 2
	}
	if math.IsInf(score[i], -1) {
		return nil
	}
	out := make([]Span, m/2)
	for t := to - 1; t >= from; t-- {
		if i%2 == 1 {
			k := i / 2
			if out[k].To == 0 {
				out[k].To = t + 1
			}
			out[k].From = t
		}
		i -= int(back[(t-from)*m+i])
	}
	return out
}

// Top lists the k characters that are likeliest at their best step within the
// span, best first.
func (s *Scores) Top(at Span, k int) []rune {
	n := s.classes()
	best := make([]int, 0, k+1)
	score := make([]float32, 0, k+1)
	for c := 1; c < n; c++ {
		v := float32(math.Inf(-1))
		for t := max(at.From, 0); t < min(at.To, s.steps); t++ {
			v = max(v, s.logp[t*n+c])
		}
		i := len(best)
		for i > 0 && score[i-1] < v {
			i--
		}
		if i >= k {
			continue
		}
		best, score = slices.Insert(best, i, c), slices.Insert(score, i, v)
		best, score = best[:min(len(best), k)], score[:min(len(score), k)]
	}
	out := make([]rune, len(best))
	for i, c := range best {
		out[i] = s.net.alphabet[c-1]
	}
	return out
}

// labels are the classes of a text with blanks between and around, or nil.
func (s *Scores) labels(text string) []int {
	out := make([]int, 1, 2*len(text)+1)
	for _, r := range text {
		i := s.net.index[r]
		if i == 0 {
			return nil
		}
		out = append(out, i, 0)
	}
	return out
}

// Merge joins glyphs that share one character's place: read one directly after
// the other, without a blank between, and together no longer than most steps.
// Of their characters the one that fits all the steps best is kept. A network
// in doubt between two similar characters would otherwise seem to read both.
func (s *Scores) Merge(g []Glyph, most float64) []Glyph {
	out := g[:0]
	for _, c := range g {
		if n := len(out) - 1; n >= 0 && out[n].End == c.Start && float64(c.End-out[n].Start) <= most {
			out[n] = s.better(out[n], c)
			continue
		}
		out = append(out, c)
	}
	return out
}

// better is the glyph that fits the steps of both.
func (s *Scores) better(a, b Glyph) Glyph {
	fit := func(c rune) (sum float64) {
		for t := a.Start; t < b.End; t++ {
			sum += float64(s.logp[t*s.classes()+s.net.index[c]])
		}
		return sum
	}
	keep := a
	if fit(b.Char) > fit(a.Char) {
		keep = b
	}
	keep.Start, keep.End = a.Start, b.End
	return keep
}
