package reader

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"realname/internal/reader/layout"
	"realname/internal/review"
)

const (
	maxNameLines = 8  // lines in which a name is looked for
	lineHeight   = 36 // pixels of a line as tesseract is shown it first
)

// nameLabels stand before the name on the documents that we know.
var nameLabels = []string{"名称", "单位名称", "机构名称", "企业名称", "字号名称", "姓名", "名", "称"}

// name looks for the declared name as a whole token: behind a label or at the
// start of a line, with nothing Chinese behind it.
func (r *Reader) name(s *sheet, declared string) (review.FieldReading, error) {
	want := squeeze(declared)
	best, closest := review.FieldReading{Verdict: review.Unreadable}, math.MaxInt
	for _, l := range s.nameLines(len([]rune(want))) {
		got, far, err := r.nameIn(s, l, want)
		if err != nil || got.Verdict == review.Confirmed {
			return got, err
		}
		if far < closest {
			best, closest = got, far
		}
	}
	return best, nil
}

// nameLines orders the lines by how well their length fits the name.
func (s *sheet) nameLines(n int) []layout.Line {
	type candidate struct {
		layout.Line
		misfit float64
	}
	var all []candidate
	for _, l := range s.lines {
		letters := float64(l.W()) / math.Max(float64(l.H()), 0.8*s.letter)
		if float64(l.H()) > 2.2*s.letter || letters < 0.6*float64(n) {
			continue
		}
		// A label in the same line makes it longer, by up to six letters.
		short, long := math.Log(letters/float64(n)), math.Log(letters/float64(n+4))
		all = append(all, candidate{l, min(math.Abs(short), 0.1+math.Abs(long))})
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

// reads are the ways in which a line that nearly matched is read again.
var reads = []struct {
	plane  plane
	height int
}{{inkPlane, lineHeight}, {darkPlane, 44}, {bluePlane, 30}, {inkPlane, 48}}

// nameIn compares one line with the name; far is how many characters differ.
func (r *Reader) nameIn(s *sheet, l layout.Line, want string) (review.FieldReading, int, error) {
	out := review.FieldReading{Verdict: review.Unreadable, Means: "ocr", Box: s.box(l.Box)}
	closest, v := math.MaxInt, newVotes(want)
	for i, how := range reads {
		t, err := r.text(s, l, how.plane, how.height)
		if err != nil {
			return out, closest, err
		}
		token := nameToken(t.text, want)
		far := distance(token, want)
		if far < closest {
			closest, out.Read, out.Confidence = far, token, t.confidence
		}
		if far == 0 {
			out.Verdict = review.Confirmed
			return out, 0, nil
		}
		if i == 0 && far > max(2, len([]rune(want))/2) {
			return out, far, nil
		}
		v.add(token)
	}
	if v.agree() {
		out.Verdict, out.Read = review.Confirmed, want
	}
	return out, closest, nil
}

// nameToken cuts the part of a line that may be the name: what stands behind a
// label, without marks at the ends.
func nameToken(line, want string) string {
	for _, label := range nameLabels {
		if at := strings.Index(line, label); at >= 0 && at <= 9 && !strings.HasPrefix(want, label) {
			line = line[at+len(label):]
			break
		}
	}
	return strings.TrimFunc(line, func(r rune) bool {
		return !unicode.Is(unicode.Han, r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '(' && r != ')'
	})
}

// votes collects what several reads of a line have at each place of the name.
type votes struct {
	want []rune
	seen []map[rune]int
	odd  int // reads of another length
	n    int
}

func newVotes(want string) *votes {
	v := &votes{want: []rune(want)}
	v.seen = make([]map[rune]int, len(v.want))
	for i := range v.seen {
		v.seen[i] = map[rune]int{}
	}
	return v
}

// add takes a read of the same length; another length counts against the name.
func (v *votes) add(token string) {
	t := []rune(token)
	v.n++
	if len(t) != len(v.want) {
		v.odd++
		return
	}
	for i, c := range t {
		v.seen[i][c]++
	}
}

// agree reports whether each character of the name was read in at least one
// way, at most two of them in doubt, and no other character was read more often.
func (v *votes) agree() bool {
	if v.odd*2 > v.n {
		return false
	}
	doubt := 0
	for i, c := range v.want {
		if v.seen[i][c] == 0 {
			return false
		}
		for other, n := range v.seen[i] {
			if other != c && n >= v.seen[i][c] {
				doubt++
			}
		}
	}
	return doubt == 0
}
