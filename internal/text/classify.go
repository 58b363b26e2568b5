package text

import (
	"slices"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// form is what a character is compared by. An alignment asks for each pair, so
// that this is looked up once a character.
type form struct {
	r             rune
	fold          string // as a name is folded
	narrow, lower rune
	alike         []rune   // drawn alike
	sounds        []string // readings without tones
	rare, private bool
}

func forms(text []rune) []form {
	list := make([]form, len(text))
	for i, r := range text {
		list[i] = formOf(r)
	}
	return list
}

func formOf(r rune) form {
	return form{
		r: r, fold: nameFolds.Replace(string(r)), narrow: narrow(r), lower: unicode.ToLower(r),
		alike: similarTable()[r], sounds: pinyin.SinglePinyin(r, readings), rare: isRare(r), private: IsPrivateUse(r),
	}
}

// classify names the difference of two unequal characters.
func classify(a, b *form) Class {
	switch {
	case a.fold == b.fold && (a.fold == "(" || a.fold == ")"):
		return Bracket
	case a.narrow == b.narrow, a.fold == b.fold:
		return Width
	case a.r < 0x250 && b.r < 0x250 && a.lower == b.lower:
		return LatinCase
	}
	switch variantTable()[pair{a.r, b.r}] {
	case 't':
		return Script
	case 'v':
		return VariantCh
	}
	switch {
	case a.private || b.private:
		return Private
	case slices.Contains(a.alike, b.r), slices.Contains(b.alike, a.r), confusable(a.r, b.r):
		return Shape
	case sameSound(a.sounds, b.sounds):
		return Sound
	case a.rare || b.rare:
		return RareCh
	}
	return Other
}

func sameSound(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return s != "" && slices.Contains(b, s) })
}

// lookAlikeSets are the letters and digits that people and print confuse: those
// that the registrars' help pages name (0 and O, 1 and I, 8 and B), and their kin.
var lookAlikeSets = []string{"0ODQ", "1IL7", "8B3", "5S", "2Z", "6G", "UV"}

// confusable reports two ASCII characters of one set.
func confusable(a, b rune) bool {
	for _, set := range lookAlikeSets {
		if contains(set, a) && contains(set, b) {
			return true
		}
	}
	return false
}

// Confusable reports two characters of a number that are easily taken for each
// other.
func Confusable(a, b rune) bool { return a != b && confusable(unicode.ToUpper(a), unicode.ToUpper(b)) }

func contains(set string, r rune) bool {
	for _, s := range set {
		if s == r {
			return true
		}
	}
	return false
}
