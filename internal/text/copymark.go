package text

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// copyMark is what a licence prints behind its number when it is a copy: (1-1),
// 1-1, （副本）, （副本1-1）, 副本2-1.
var copyMark = regexp.MustCompile(`^(.*?)\s*(\(?\s*副\s*本\s*\d*\s*(?:-\s*\d+)?\s*\)?|\(\s*\d{1,2}\s*-\s*\d{1,2}\s*\)|\s\d{1,2}-\d{1,2})$`)

// attachedMark is a mark that was typed onto an 18-character code without
// anything between.
var attachedMark = regexp.MustCompile(`^([0-9A-Z]{18})(\d-\d)$`)

// CopyMark splits a copy's mark off the end of a number. The rest is what to
// enter; found says whether there was a mark.
func CopyMark(number string) (rest string, found bool) {
	s := width.Narrow.String(number)
	if m := copyMark.FindStringSubmatch(s); m != nil && m[1] != "" {
		return m[1], true
	}
	if m := attachedMark.FindStringSubmatch(s); m != nil {
		return m[1], true
	}
	return number, false
}

// MeantNumber is the number that is meant, folded and without a copy's mark:
// what a reader looks for on the document. It is a proposal, never stored.
func MeantNumber(typed string) string {
	rest, _ := CopyMark(FoldNumber(typed))
	return rest
}

// MeantName is the name that is meant: folded, without hidden characters and,
// when it is Chinese, without spaces.
func MeantName(typed string) string {
	han := HasHan(typed)
	return strings.Map(func(r rune) rune {
		if isHidden(r) || han && isSpace(r) {
			return -1
		}
		return r
	}, FoldName(typed))
}
