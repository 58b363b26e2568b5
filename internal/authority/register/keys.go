package register

import (
	"hash/fnv"
	"slices"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"realname/internal/text"
)

// windows is how many parts a name is cut into, one of which each key leaves out.
const windows = 4

// Keys are hashes of what a name sounds like without its legal form: whole, and
// with one of four parts left out. Any one character that is wrong, missing or too
// much leaves one of them whole: so a near lookup is a few exact ones. Each key
// holds three quarters of a name, since half of one (深圳市…科技) stands in
// thousands. Characters of one sound are one, and so are traditional and simplified
// ones.
type Keys [1 + windows]int64

// Wanted are the keys to look for, by their place in Keys.
type Wanted [1 + windows][]int64

// Most are how many keys are wanted at each place: the legal forms are six
// characters at the most, and a slip changes a length by one.
const (
	MostWhole = 8
	MostParts = 3
)

// KeysOf are the keys that are stored with a name.
func KeysOf(name string) Keys {
	s := core(name)
	k := Keys{hash(0, s)}
	for w := range windows {
		k[1+w] = without(w, s, len(s))
	}
	return k
}

// Exactly are the keys of names that sound the same.
func Exactly(name string) (list Wanted) {
	list[0] = []int64{hash(0, core(name))}
	return list
}

// Near are the keys under which a stored name stands that differs from this one by
// one character at the most: those for a stored name of the same length, one
// shorter and one longer, and the whole of it should the slip be in the legal form.
func Near(name string) Wanted {
	all := sounds(name)
	s := stripped(all)
	list := Exactly(name)
	for n := len(s) - 1; n <= len(s)+1; n++ {
		for w := range windows {
			list[1+w] = append(list[1+w], without(w, s, n))
		}
	}
	for _, f := range legalForms() {
		for n := len(f) - 1; n <= len(f)+1 && n < len(all); n++ {
			if k := hash(0, all[:len(all)-n]); oneOff(last(all, n), f) && !slices.Contains(list[0], k) {
				list[0] = append(list[0], k)
			}
		}
	}
	return list
}

// without is the key of a name of n sounds that leaves one window out, made from one
// that may be one off: what stands before the window is counted from the front, what
// stands behind it from the back. The length is not part of it, and the window is.
func without(w int, s []uint16, n int) int64 {
	from, to := max(n, 0)*w/windows, max(n, 0)*(w+1)/windows
	return hash(scheme+byte(w), first(s, from), last(s, n-to))
}

// scheme tells these keys from those of a register that an older program loaded,
// in which near names are found by their sound alone until it is loaded again.
const scheme = 5

// oneOff reports whether one place at the most separates two sequences.
func oneOff(a, b []uint16) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return len(b)-len(a) <= 1 && len(b)-i-j <= 1
}

func first(s []uint16, n int) []uint16 { return s[:max(0, min(n, len(s)))] }
func last(s []uint16, n int) []uint16  { return s[len(s)-max(0, min(n, len(s))):] }

func hash(kind byte, parts ...[]uint16) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte{kind}) // never fails
	for _, p := range parts {
		for _, x := range p {
			_, _ = h.Write([]byte{byte(x), byte(x >> 8)})
		}
		_, _ = h.Write([]byte{0xff, 0xff})
	}
	return int64(h.Sum64())
}

// forms are the legal forms, the longest first. They are left out: nearly every
// name ends so.
var forms = []string{"股份有限公司", "有限责任公司", "有限公司", "分公司", "公司"}

var legalForms = sync.OnceValue(func() [][]uint16 {
	list := make([][]uint16, len(forms))
	for i, f := range forms {
		list[i] = sounds(f)
	}
	return list
})

// core is a name as sounds without its legal form.
func core(name string) []uint16 { return stripped(sounds(name)) }

func stripped(s []uint16) []uint16 {
	for _, f := range legalForms() {
		if len(s) > len(f) && slices.Equal(last(s, len(f)), f) {
			return s[:len(s)-len(f)]
		}
	}
	return s
}

// sounds is a name as sounds, without spaces and brackets.
func sounds(name string) []uint16 {
	s := make([]uint16, 0, len(name)/3)
	for _, r := range text.FoldName(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			s = append(s, sound(unicode.ToLower(r)))
		}
	}
	return s
}

// soundTable numbers the first reading of each character.
var soundTable = sync.OnceValue(func() map[rune]uint16 {
	numbers := map[string]uint16{}
	table := make(map[rune]uint16, len(pinyin.PinyinDict))
	args := pinyin.NewArgs()
	for r := range pinyin.PinyinDict {
		readings := pinyin.SinglePinyin(rune(r), args)
		if len(readings) == 0 {
			continue
		}
		n, ok := numbers[readings[0]]
		if !ok {
			h := fnv.New32a()
			_, _ = h.Write([]byte(readings[0]))
			n = uint16(h.Sum32()) | 0x8000
			numbers[readings[0]] = n
		}
		table[rune(r)] = n
	}
	return table
})

// sound is the number of a character's reading, or of itself.
func sound(r rune) uint16 {
	if n, ok := soundTable()[r]; ok {
		return n
	}
	return uint16(r) & 0x7fff
}
