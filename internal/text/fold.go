package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Brackets and interpuncts that mean the same as the one registries take.
var nameFolds = strings.NewReplacer(
	"（", "(", "）", ")", "［", "(", "］", ")", "〔", "(", "〕", ")", "【", "(", "】", ")",
	"•", "·", "．", "·", "‧", "·", "・", "·", "∙", "·",
)

// FoldName makes two spellings of one name the same, and nothing more: bracket
// width, the width of Latin letters and digits, and the variants of the middle
// dot. It is no compatibility normalisation, which would also fold circled
// numbers and rare ideographs into others.
func FoldName(s string) string {
	return nameFolds.Replace(strings.Map(narrowLatin, nameFolds.Replace(s)))
}

// narrowLatin turns full-width ASCII letters and digits into half-width ones.
func narrowLatin(r rune) rune {
	if r >= '！' && r <= '～' {
		if n := r - '！' + '!'; unicode.IsLetter(n) || unicode.IsDigit(n) {
			return n
		}
	}
	return r
}

// FoldNumber is the number that is meant when somebody types full-width digits,
// spaces, hidden characters or small letters: a proposal, never applied silently.
// Each character is folded by itself, so that folding twice changes nothing more.
func FoldNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case isSpace(r) || isHidden(r):
			return -1
		case isHyphen(r):
			return '-'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return asciiForm(r)
	}, s)
}

// asciiForm is the one ASCII letter, digit or bracket that a character is a form
// of (full width, circled, Roman), else the character itself.
func asciiForm(r rune) rune {
	if n := norm.NFKC.String(string(r)); r > '~' && len(n) == 1 && n[0] > ' ' {
		return unicode.ToUpper(rune(n[0]))
	}
	return r
}

func isHyphen(r rune) bool { return r >= 0x2010 && r <= 0x2015 || r == '－' || r == '−' }

// positions lists the 1-based places of the characters that match.
func positions(s string, match func(rune) bool) []int {
	var list []int
	i := 0
	for _, r := range s {
		i++
		if match(r) {
			list = append(list, i)
		}
	}
	return list
}

// Spaces lists where there is any Unicode space.
func Spaces(s string) []int { return positions(s, isSpace) }

func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || r == '\u3164' }

// Hidden lists where there is a character that nobody sees: controls, zero-width
// and direction marks, soft hyphens, variation selectors.
func Hidden(s string) []int { return positions(s, isHidden) }

func isHidden(r rune) bool {
	return !isSpace(r) && (Unseen(r) || unicode.Is(unicode.Variation_Selector, r) || r == unicode.ReplacementChar)
}

// Unseen reports whether a character is not seen and changes how others are: line
// breaks and other controls, and the formats that turn the direction of writing.
func Unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// FullWidth lists where there is a full-width form of an ASCII character.
func FullWidth(s string) []int {
	return positions(s, func(r rune) bool { return r >= '！' && r <= '～' })
}

// WideBrackets lists where there is a bracket other than ( and ).
func WideBrackets(s string) []int {
	return positions(s, func(r rune) bool {
		f := nameFolds.Replace(string(r))
		return f != string(r) && (f == "(" || f == ")")
	})
}

// OddDots lists where there is a dot other than the middle dot of names, U+00B7.
func OddDots(s string) []int {
	return positions(s, func(r rune) bool { return r != '·' && nameFolds.Replace(string(r)) == "·" })
}

// Rare lists where there is a character that other systems may not know:
// private use, or a Han character outside the basic blocks.
func Rare(s string) []int { return positions(s, isRare) }

func isRare(r rune) bool { return IsPrivateUse(r) || r >= 0x20000 && r <= 0x3ffff }

// Ambiguous lists where there is a character that two systems may hold under
// different code points although it looks the same: a rare one, one that came to
// Unicode late or twice, so that older data hold it in private use or in its other
// form, or a middle dot of any kind.
func Ambiguous(s string) []int {
	return positions(s, func(r rune) bool {
		late := r >= 0x3400 && r <= 0x4dbf || r >= 0x9fa6 && r <= 0x9fff // extension A, and behind GBK
		twice := r >= 0xf900 && r <= 0xfaff                              // compatibility ideographs
		return isRare(r) || late || twice || nameFolds.Replace(string(r)) == "·"
	})
}

// IsPrivateUse reports a code point that means something else everywhere.
func IsPrivateUse(r rune) bool { return unicode.Is(unicode.Co, r) }

// HasHan reports whether there is a Han character.
func HasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// narrow is a character in the width of its ASCII form.
func narrow(r rune) rune {
	if n := []rune(width.Narrow.String(string(r))); len(n) == 1 {
		return n[0]
	}
	return r
}
