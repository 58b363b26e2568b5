package text

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

//go:embed data/similar.txt
var similarData string

//go:embed data/variants.txt
var variantData string

// similarTable gives for each character those that look alike, most alike first.
var similarTable = sync.OnceValue(func() map[rune][]rune {
	table := map[rune][]rune{}
	for line := range strings.Lines(similarData) {
		r := []rune(strings.TrimSpace(line))
		table[r[0]] = r[1:]
	}
	return table
})

// pair is two characters of which one is a form of the other.
type pair struct{ a, b rune }

// variantTable gives the kind of each pair, both ways: t traditional and
// simplified, v variant.
var variantTable = sync.OnceValue(func() map[pair]rune {
	table := map[pair]rune{}
	for line := range strings.Lines(variantData) {
		r := []rune(strings.TrimSpace(line))
		table[pair{r[0], r[1]}], table[pair{r[1], r[0]}] = r[2], r[2]
	}
	return table
})

// Similar reports whether two Han characters are drawn alike.
func Similar(a, b rune) bool {
	has := func(list []rune, x rune) bool {
		for _, r := range list {
			if r == x {
				return true
			}
		}
		return false
	}
	t := similarTable()
	return has(t[a], b) || has(t[b], a)
}

// LookAlikes lists the characters that look like r, most alike first.
func LookAlikes(r rune) []rune { return similarTable()[r] }

// TradSimp reports whether one is the traditional form of the other.
func TradSimp(a, b rune) bool { return variantTable()[pair{a, b}] == 't' }

// Variant reports whether one is another form of the same character.
func Variant(a, b rune) bool { return variantTable()[pair{a, b}] == 'v' }

var readings = func() pinyin.Args {
	args := pinyin.NewArgs()
	args.Heteronym = true
	return args
}()

// SameSound reports whether two characters share a reading, tones aside.
func SameSound(a, b rune) bool {
	return sameSound(pinyin.SinglePinyin(a, readings), pinyin.SinglePinyin(b, readings))
}
