package register

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/mozillazg/go-pinyin"

	"realname/internal/text"
)

// Mutations change a name in the ways that people do, one of each class of
// difference; false when the name has no place for it. They serve measuring.
var Mutations = map[text.Class]func(*rand.Rand, []rune) ([]rune, bool){
	text.Space:     insert(' '),
	text.Bracket:   swapBracket,
	text.Width:     widen,
	text.Shape:     replace(text.LookAlikes),
	text.Sound:     replace(soundAlikes),
	text.Script:    replace(kin(text.TradSimp)),
	text.VariantCh: replace(kin(text.Variant)),
	text.Missing:   leaveOut,
	text.Extra:     repeat,
}

func insert(r rune) func(*rand.Rand, []rune) ([]rune, bool) {
	return func(rng *rand.Rand, s []rune) ([]rune, bool) {
		return slices.Insert(slices.Clone(s), 1+rng.IntN(max(len(s)-1, 1)), r), true
	}
}

var brackets = map[rune]rune{'(': '（', ')': '）', '（': '(', '）': ')'}

func swapBracket(_ *rand.Rand, s []rune) ([]rune, bool) {
	s, found := slices.Clone(s), false
	for i, r := range s {
		if b, ok := brackets[r]; ok {
			s[i], found = b, true
		}
	}
	return s, found
}

func widen(_ *rand.Rand, s []rune) ([]rune, bool) {
	s, found := slices.Clone(s), false
	for i, r := range s {
		if r > ' ' && r <= '~' && r != '(' && r != ')' {
			s[i], found = r-'!'+'！', true
		}
	}
	return s, found
}

// replace puts another character into a place that has one, if there is one.
func replace(others func(rune) []rune) func(*rand.Rand, []rune) ([]rune, bool) {
	return func(rng *rand.Rand, s []rune) ([]rune, bool) {
		for _, i := range rng.Perm(len(s)) {
			if list := others(s[i]); len(list) > 0 {
				s = slices.Clone(s)
				s[i] = list[rng.IntN(min(len(list), 5))]
				return s, true
			}
		}
		return nil, false
	}
}

func leaveOut(rng *rand.Rand, s []rune) ([]rune, bool) {
	i := rng.IntN(len(s))
	return slices.Delete(slices.Clone(s), i, i+1), len(s) > 4
}

func repeat(rng *rand.Rand, s []rune) ([]rune, bool) {
	i := rng.IntN(len(s))
	return slices.Insert(slices.Clone(s), i, s[rng.IntN(len(s))]), true
}

// han are the characters of the basic block, which people can type.
const (
	hanFirst = '\u4e00'
	hanLast  = '\u9fa5'
)

// kin makes a list of what is the same character in another form, kept for the next time.
func kin(same func(a, b rune) bool) func(rune) []rune {
	var known sync.Map
	return func(r rune) []rune {
		if list, ok := known.Load(r); ok {
			return list.([]rune)
		}
		var list []rune
		for x := rune(hanFirst); x <= hanLast && r >= hanFirst; x++ {
			if x != r && same(r, x) {
				list = append(list, x)
			}
		}
		known.Store(r, list)
		return list
	}
}

var bySound = sync.OnceValue(func() map[string][]rune {
	m := map[string][]rune{}
	args := pinyin.NewArgs()
	for x := rune(hanFirst); x <= hanLast; x++ {
		if s := pinyin.SinglePinyin(x, args); len(s) > 0 {
			m[s[0]] = append(m[s[0]], x)
		}
	}
	return m
})

func soundAlikes(r rune) []rune {
	s := pinyin.SinglePinyin(r, pinyin.NewArgs())
	if len(s) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(bySound()[s[0]]), func(x rune) bool { return x == r })
}
