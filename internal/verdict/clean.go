package verdict

import (
	"regexp"
	"strings"
	"unicode"

	"realname/internal/review"
	"realname/internal/text"
)

// maxText bounds what is kept of a text, in characters.
const maxText = 500

// What may identify somebody in a registry's words. Numbers are found in every
// width and script, and through what people set between their digits; names where
// the words announce one, or set it in quotes.
var (
	addresses = regexp.MustCompile(`[^\s，。；;、:：]+[@＠][^\s，。；;、]+`)
	numbers   = regexp.MustCompile(`[\p{Nd}\p{Nl}\p{No}\p{Latin}](?:[-‐–—－_.·\s]?[\p{Nd}\p{Nl}\p{No}\p{Latin}*])*`)
	quoted    = regexp.MustCompile(`[“"「『《【‘'〈＂][^“”"「」『』《》【】‘’'〈〉＂]{1,80}[”"」』》】’'〉＂]`)
	named     = regexp.MustCompile(`(姓名|名称|所有者|持有者|持有人|法定代表人|法人|负责人|联系人|经营者|name|Name)(应为|应当为|显示为|登记为|填写为|分别为|为|是|：|:|=)[^，。；;、,！!？?（）()\s]+`)
)

// Clean is a text as it may be kept: bounded, and without numbers, mail addresses
// and names of anybody, as far as words alone tell them. What was declared is known,
// and taken out wherever it stands.
func Clean(words string, d review.Declared) string {
	words = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(words, ""))
	if r := []rune(words); len(r) > 4*maxText {
		words = string(r[:4*maxText])
	}
	for _, known := range []string{d.Name, d.LegalPerson, d.Number, d.Email} {
		words = without(words, known)
	}
	words = addresses.ReplaceAllString(words, "*")
	words = numbers.ReplaceAllStringFunc(words, func(s string) string {
		if digits(s) >= 4 {
			return "*"
		}
		return s
	})
	words = quoted.ReplaceAllString(words, "“*”")
	words = named.ReplaceAllString(words, "$1$2*")
	words = strings.Join(strings.Fields(words), " ") // of a cell of several lines, too: the queue is one text a line
	if r := []rune(words); len(r) > maxText {
		words = string(r[:maxText])
	}
	return strings.TrimSpace(words)
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// without takes a value out, in the spellings that mean the same.
func without(words, value string) string {
	for _, v := range []string{value, text.FoldName(value), strings.ReplaceAll(strings.ReplaceAll(text.FoldName(value), "(", "（"), ")", "）"), text.MeantName(value)} {
		if len([]rune(v)) > 1 {
			words = strings.ReplaceAll(words, v, "*")
		}
	}
	return words
}
