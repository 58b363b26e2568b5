package text

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"realname/internal/review"
)

// ErrDate means that a text is no date in any spelling that is read.
var ErrDate = errors.New("not a date")

// The words that mean that a document does not expire.
var longTerm = map[string]bool{"长期": true, "长期有效": true, "長期": true, "永久": true, "永久有效": true, "无固定期限": true, "LONG TERM": true, "LONG-TERM": true, "PERMANENT": true}

var (
	numeric  = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$`)
	compact  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	english  = regexp.MustCompile(`^(\d{1,2})[ -]([A-Z]{3,9})[ -,]*(\d{4})$`)
	american = regexp.MustCompile(`^([A-Z]{3,9}) (\d{1,2}),? (\d{4})$`)
	hanDate  = regexp.MustCompile(`^([〇零○O一二三四五六七八九]{4})年([元一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,4})[日号]$`)
)

var months = monthNames()

func monthNames() map[string]time.Month {
	months := map[string]time.Month{"SEPT": time.September}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToUpper(m.String())
		months[name], months[name[:3]] = m, m
	}
	return months
}

// ParseDate reads a date as people write it: 2026-03-01, 2026/3/1, 2026.3.1,
// 20260301, 2026年3月1日, 二〇二六年三月一日, 1 MAR 2026, March 1, 2026, in full or half
// width; 长期 and its like give longTerm. A date that does not exist is an error
// that names it; an empty text is the zero date.
func ParseDate(s string) (d review.Date, isLongTerm bool, err error) {
	folded := strings.ToUpper(strings.TrimSpace(width.Fold.String(s)))
	if folded == "" {
		return review.Date{}, false, nil
	}
	if longTerm[folded] {
		return review.Date{}, true, nil
	}
	y, m, day, ok := split(folded)
	if !ok {
		return review.Date{}, false, fmt.Errorf("%w: %q; write it as 2026-03-01, or 长期 when it does not expire", ErrDate, short(s))
	}
	d = review.Date{Year: y, Month: time.Month(m), Day: day}
	if !exists(d) {
		return review.Date{}, false, fmt.Errorf("%w: %s is not a day of the calendar", ErrDate, d)
	}
	return d, false, nil
}

func exists(d review.Date) bool {
	if d.Year < 1900 || d.Year > 2200 || d.Month < 1 || d.Month > 12 || d.Day < 1 {
		return false
	}
	return d.Start().Day() == d.Day
}

func split(s string) (y, m, d int, ok bool) {
	if p := numeric.FindStringSubmatch(s); p != nil {
		return atoi(p[1]), atoi(p[2]), atoi(p[3]), true
	}
	if p := compact.FindStringSubmatch(s); p != nil {
		return atoi(p[1]), atoi(p[2]), atoi(p[3]), true
	}
	if p := english.FindStringSubmatch(s); p != nil {
		return atoi(p[3]), int(months[p[2]]), atoi(p[1]), months[p[2]] != 0
	}
	if p := american.FindStringSubmatch(s); p != nil {
		return atoi(p[3]), int(months[p[1]]), atoi(p[2]), months[p[1]] != 0
	}
	if p := hanDate.FindStringSubmatch(s); p != nil {
		return hanDigits(p[1]), hanNumber(p[2]), hanNumber(p[3]), true
	}
	return 0, 0, 0, false
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // matched as digits
	return n
}

var hanValue = map[rune]int{'〇': 0, '零': 0, '○': 0, 'O': 0, '元': 1, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// hanDigits reads 二〇二六 digit by digit.
func hanDigits(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + hanValue[r]
	}
	return n
}

// hanNumber reads 一 to 九十九 as a number: 十 is ten, 二十一 is twenty-one.
func hanNumber(s string) int {
	tens, ones, found := strings.Cut(s, "十")
	if !found {
		return hanDigits(s)
	}
	n := 10
	if tens != "" {
		n = hanDigits(tens) * 10
	}
	return n + hanDigits(ones)
}

// short keeps an error message readable.
func short(s string) string {
	r := []rune(s)
	if len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
