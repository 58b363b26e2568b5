package reader

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

const (
	maxNameLines = 8  // lines in which a name is looked for
	lineHeight   = 36 // pixels of a line as tesseract is shown it first
)

// nameLabels stand before the name on the documents that we know.
var nameLabels = []string{"称", "祢", "姓名", "名", ":", "："} // 祢 is how a worn 称 reads

// name looks for the declared name as a whole token: behind a label or at the
// start of a line, with nothing behind it.
func (r *Reader) name(s *sheet, d review.Declared, number *review.Box) (review.FieldReading, error) {
	best := review.FieldReading{Verdict: review.Unreadable}
	want := []rune(squeeze(d.Name))
	if len(want) == 0 {
		return review.FieldReading{}, nil
	}
	closest := math.MaxInt
	for _, l := range s.nameLines(len(want), s.nameLevel(d.CredentialType, number)) {
		got, apart, err := r.nameIn(s, l, want)
		if err != nil || got.Verdict == review.Confirmed {
			return got, err
		}
		if apart < closest {
			best, closest = got, apart
		}
	}
	if closest > len(want)/2 {
		best.Read, best.Box = "", nil // that line is something else: where the name stands is not known
	}
	return best, nil
}

// nameLines orders the lines by how well their length fits the name, and their
// level the place given as a share of the height.
func (s *sheet) nameLines(n int, place float64) []layout.Line {
	type candidate struct {
		layout.Line
		misfit float64
	}
	height := float64(s.work.Rect.Dy())
	var all []candidate
	for _, l := range slices.Concat(s.lines, s.fine, s.large) {
		letters := float64(l.W()) / math.Max(float64(l.H()), 0.8*s.letter)
		twin := func(c candidate) bool { return overlap(c.Box, l.Box) }
		if float64(l.H()) > 3.2*s.letter || letters < 0.6*float64(n) || slices.ContainsFunc(all, twin) {
			continue
		}
		// A label in the same line makes it longer, by up to six letters.
		short, long := math.Log(letters/float64(n)), math.Log(letters/float64(n+4))
		far := math.Abs(l.MidY()/height - place)
		all = append(all, candidate{l, min(math.Abs(short), 0.1+math.Abs(long)) + 2*far})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.misfit, b.misfit) })
	var out []layout.Line
	for i, c := range all {
		if i == maxNameLines {
			break
		}
		out = append(out, c.Line)
	}
	return out
}

// otherLabels end the labels of fields that are not the name.
var otherLabels = []string{"型", "所", "人", "者", "资本", "范围", "期", "期限", "资金", "形式", "机关", "地址", "场所", "经费", "宗旨"}

// otherField reports whether a label belongs to another field than the name.
func otherField(label string) bool {
	for _, o := range otherLabels {
		if strings.HasSuffix(label, o) {
			return true
		}
	}
	return false
}

// isPerson reports whether a label names the person behind an organisation.
func isPerson(label string) bool {
	return strings.HasSuffix(label, "人") || strings.HasSuffix(label, "者")
}

// labelBefore is the text in front of the part: in its own line or, when that
// starts with it, in the next line to the left on the same row.
func (r *Reader) labelBefore(s *sheet, l layout.Line, m match) string {
	trim := func(text string) string { return strings.TrimRightFunc(text, func(c rune) bool { return !inName(c) }) }
	if before := trim(glyph.Text(m.read[:m.start])); before != "" {
		return before
	}
	left := s.leftOf(l)
	if left == nil || !s.budget.spend(costHan) {
		return ""
	}
	return trim(glyph.Text(readHan(r.chinese(s, s.hanStrip(*left, 1, inkPlane)))))
}

// Margins in nats between a declared character and the best other.
const (
	sureMargin   = 2.0  // the network alone confirms a character
	unquestioned = 6.0  // above this, no second opinion is asked
	questioned   = 4.0  // below this, a second opinion must not differ
	ruledOut     = 8.0  // a second opinion worse than the name by this, over all views, does not count
	leaning      = -1.5 // worse than this, one second opinion is not enough
	opposed      = -4.0 // worse than this, no second opinion can confirm it
	otherMargin  = -6.0 // worse than this, the network reads another character for certain
)

// views are the ways in which the network is shown a line: as it is, its letters
// a little larger, and without coloured print.
var views = []struct {
	plane plane
	share float64
}{{inkPlane, 1}, {inkPlane, 0.9}, {darkPlane, 1.08}}

// nameIn compares one line with the name; apart is how many characters differ.
func (r *Reader) nameIn(s *sheet, l layout.Line, want []rune) (review.FieldReading, int, error) {
	out := review.FieldReading{Verdict: review.Unreadable, Means: "network", Box: s.box(l.Box)}
	first, ok := r.view(s, l, want, 0)
	if !ok {
		return out, math.MaxInt, nil
	}
	m := first.match
	out.Read = m.text()
	labelled := !first.whole && m.apart <= len(want)/2 && m.start == 1 && r.beginsWithLabel(s, l)
	first.accept(labelled)
	if m.apart > len(want)/2 || !first.whole {
		return out, m.apart, nil
	}
	if label := r.labelBefore(s, l, m); otherField(label) {
		if m.apart == 0 && isPerson(label) {
			s.legalPerson, s.legalPersonBox = string(want), s.box(l.Box)
		}
		return out, math.MaxInt, nil // the type, the address or the legal representative
	}
	if first.sure == nil {
		return out, m.apart, nil
	}
	all := []fit{first}
	for i := 1; i < len(views) && !confirms(all); i++ {
		v, ok := r.view(s, l, want, i)
		if v.accept(labelled); ok && v.sure != nil && v.whole {
			all = append(all, v)
		}
	}
	sure, _ := average(all)
	out.Confidence = 1 - math.Exp(-max(slices.Min(sure), 0)-0.7)
	if confirms(all) {
		if slices.Min(sure) < unquestioned {
			t, err := r.text(s, l, inkPlane, lineHeight)
			if err != nil {
				return out, 1, err
			}
			if at := first.disputed(t.text, want, sure); len(at) > 0 && !r.overrules(s, l, want, at) {
				return out, 1, nil
			}
		}
		out.Verdict, out.Read = review.Confirmed, string(want)
		return out, 0, nil
	}
	return r.secondOpinion(s, l, want, sure, out, m)
}

// fit is how a name fits one view of a line.
type fit struct {
	match
	whole bool      // nothing of a name stands beside it
	sure  []float64 // margins, nats
	next  []rune    // the likeliest other characters
	after bool      // nothing of a name stands behind it
	lost  float64   // how much better the best reading fits than the name, nats
}

// view shows the network a line; false when the budget is used up.
func (r *Reader) view(s *sheet, l layout.Line, want []rune, i int) (fit, bool) {
	if !s.budget.spend(costHan) {
		return fit{}, false
	}
	scores := r.chinese(s, s.hanStrip(l, views[i].share, views[i].plane))
	f := fit{match: lay(readHan(scores), want)}
	f.bounds(scores.Steps())
	f.whole, f.after = f.match.whole(scores), f.ends()
	if f.apart <= len(want)/2 && f.end > f.start {
		f.sure = margins(scores, want, f.from, f.to)
		f.next = runnersUp(scores, want, f.from, f.to)
		f.lost = scores.Score(f.text(), f.from, f.to) - scores.Score(string(want), f.from, f.to)
	}
	return f, true
}

// accept takes the one character in front of the name for its label.
func (f *fit) accept(labelled bool) {
	f.whole = f.whole || labelled && f.start == 1 && f.after
}

// disputed lists the characters that a second reader sees at places that are in
// question or, at places not beyond question, where it is exactly the one that
// the network holds for next likely.
func (f fit) disputed(text string, want []rune, sure []float64) map[int]rune {
	seen := lay(plain(text), want)
	part := seen.read[seen.start:seen.end]
	at := map[int]rune{}
	if len(part) != len(want) {
		return at
	}
	for i, c := range part {
		if c.Char != want[i] && (sure[i] < questioned || sure[i] < unquestioned && c.Char == f.next[i]) {
			at[i] = c.Char
		}
	}
	return at
}

// overrules reports whether the network, over all views, finds the name right and
// holds each character that a second reader saw instead for out of the question:
// a reader that does not know a rare character names any other, while a real
// look-alike is close for both.
func (r *Reader) overrules(s *sheet, l layout.Line, want []rune, at map[int]rune) bool {
	var all []fit
	against := map[int]float64{}
	for i := range views {
		v, ok := r.view(s, l, want, i)
		if !ok || v.sure == nil {
			return false
		}
		all = append(all, v)
		scores := r.chinese(s, s.hanStrip(l, views[i].share, views[i].plane))
		base := scores.Score(string(want), v.from, v.to)
		for place, c := range at {
			other := slices.Clone(want)
			other[place] = c
			worse := base - scores.Score(string(other), v.from, v.to)
			if math.IsInf(worse, 0) || math.IsNaN(worse) {
				return false // a character that the network does not know
			}
			against[place] += worse / float64(len(views))
		}
	}
	for _, worse := range against {
		if worse < ruledOut {
			return false
		}
	}
	return confirms(all)
}

// average is the mean over several views.
func average(all []fit) (sure []float64, lost float64) {
	sure = make([]float64, len(all[0].sure))
	n := float64(len(all))
	for _, f := range all {
		lost += f.lost / n
		for i, v := range f.sure {
			sure[i] += min(v, 50) / n
		}
	}
	return sure, lost
}

// confirms reports whether the network alone confirms the name. The second
// condition sees what single changes cannot: a character that is printed but
// was not declared.
func confirms(all []fit) bool {
	sure, lost := average(all)
	return slices.Min(sure) >= sureMargin && lost < 1.5
}

// secondOpinion asks tesseract about the characters of which the network is
// not sure. When both read the same other name, that is a contradiction.
func (r *Reader) secondOpinion(s *sheet, l layout.Line, want []rune, sure []float64, out review.FieldReading, m match) (review.FieldReading, int, error) {
	doubt, least := doubts(sure), slices.Min(sure)
	for _, how := range reads {
		t, err := r.text(s, l, how.plane, how.height)
		if err != nil {
			return out, m.apart, err
		}
		seen := lay(plain(t.text), want)
		if least < opposed {
			if least < otherMargin && m.certain() && endsWith(t.text, m.text()) {
				out.Verdict, out.Confidence = review.Contradicted, min(t.confidence, m.weakest())
			}
			return out, m.apart, nil
		}
		if seen.apart > len(doubt) || !seen.alone() {
			continue
		}
		for i := range doubt {
			if seen.holds(i, want) {
				doubt[i]--
			}
		}
		if settled(doubt) {
			out.Verdict, out.Read, out.Means, out.Confidence = review.Confirmed, string(want), "ocr", t.confidence
			return out, 0, nil
		}
	}
	return out, m.apart, nil
}

// doubts says for each place of which the network is not sure how many reads
// by tesseract must agree with the declared character.
func doubts(sure []float64) map[int]int {
	out := map[int]int{}
	for i, d := range sure {
		switch {
		case d < leaning:
			out[i] = 2
		case d < sureMargin:
			out[i] = 1
		}
	}
	return out
}

func settled(doubt map[int]int) bool {
	for _, n := range doubt {
		if n > 0 {
			return false
		}
	}
	return true
}

// alone reports whether a reading without places has nothing but a label in
// front of the part, or what a mark sets apart, and nothing behind it.
func (m match) alone() bool {
	trim := func(g []glyph.Glyph) string {
		return strings.TrimFunc(glyph.Text(g), func(c rune) bool { return !inName(c) })
	}
	before := trim(m.read[:m.start])
	apart := m.start > 0 && !inName(m.read[m.start-1].Char)
	return trim(m.read[m.end:]) == "" && (before == "" || apart || endsInLabel(before))
}

// weakest is the least probable character of the part.
func (m match) weakest() float64 {
	least := 1.0
	for _, g := range m.read[m.start:m.end] {
		least = min(least, g.Probability)
	}
	return least
}

// certain reports whether the part was read without doubt.
func (m match) certain() bool { return m.end-m.start >= 2 && m.weakest() > 0.7 }

// endsWith reports whether a line ends with a name, marks aside, behind a
// label or nothing.
func endsWith(line, name string) bool {
	rest, ok := strings.CutSuffix(strings.TrimRightFunc(line, func(c rune) bool { return !inName(c) }), name)
	return ok && (rest == "" || endsInLabel(rest))
}

// reads are the ways in which tesseract is shown a line.
var reads = []struct {
	plane  plane
	height int
}{{inkPlane, lineHeight}, {darkPlane, 44}, {bluePlane, 30}}

// plain makes glyphs of a text, so that it can be laid over another.
func plain(text string) []glyph.Glyph {
	var out []glyph.Glyph
	for _, c := range text {
		out = append(out, glyph.Glyph{Char: c, Probability: 1})
	}
	return out
}

// holds reports whether the part has the wanted character at place i: counted
// from the nearer end, so that one slip elsewhere does not shift it.
func (m match) holds(i int, want []rune) bool {
	part := m.read[m.start:m.end]
	if len(part) == len(want) {
		return part[i].Char == want[i]
	}
	return false
}
