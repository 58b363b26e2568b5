package text

import (
	"strings"
	"unicode"
)

// Mask hides identity data for display: a name keeps its first character, a
// number its first three and last two, and nothing short is shown at all.
func Mask(s string) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case number(r) && len(r) >= 10:
		return string(r[:3]) + strings.Repeat("*", len(r)-5) + string(r[len(r)-2:])
	case number(r):
		return strings.Repeat("*", len(r))
	case len(r) <= 8:
		return string(r[0]) + strings.Repeat("*", max(len(r)-1, 1))
	}
	return string(r[:2]) + strings.Repeat("*", len(r)-4) + string(r[len(r)-2:])
}

// number reports whether most characters are digits.
func number(r []rune) bool {
	digits := 0
	for _, c := range r {
		if unicode.IsDigit(c) {
			digits++
		}
	}
	return digits*2 >= len(r)
}

// MaskMail hides a mail address but for its first letter and its domain.
func MaskMail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return Mask(s)
	}
	first := []rune(s)[0]
	return string(first) + "***" + s[at:]
}
