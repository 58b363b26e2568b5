package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"realname/internal/review"
)

// Kind is the type of a placeholder: what its values look like and how they are
// shown in each language.
type Kind string

// The kinds of placeholders.
const (
	KindText     Kind = "text"     // shown as it is
	KindWords    Kind = "words"    // one value a language, as the params name_zh and name_en
	KindList     Kind = "list"     // items joined by a comma or 、
	KindCount    Kind = "count"    // a whole number
	KindPosition Kind = "position" // a place in a text, from 1
	KindDays     Kind = "days"     // a whole number of days
	KindSize     Kind = "size"     // with its unit, such as 54.5 KB
	KindPixels   Kind = "pixels"   // such as 420 px or 800 x 600
	KindDate     Kind = "date"     // 2026-01-31, or 2026-01
	KindInstant  Kind = "instant"  // RFC 3339; shown in Shanghai
)

var kinds = []Kind{KindText, KindWords, KindList, KindCount, KindPosition, KindDays, KindSize, KindPixels, KindDate, KindInstant}

// show writes a value of the kind in a language. A value that is not of its kind
// is shown as it is: outcomes outlive the rule set that made them.
func (k Kind) show(value string, l Lang) string {
	switch k {
	case KindList:
		return l.pick(strings.ReplaceAll(value, ", ", "、"), strings.ReplaceAll(value, "、", ", "))
	case KindDays:
		if n, err := strconv.Atoi(value); err == nil {
			return l.pick(value+" 天", plural(n, "day"))
		}
	case KindPixels:
		return showPixels(value, l)
	case KindDate:
		return showDay(value, l)
	case KindInstant:
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			t = t.In(review.Shanghai)
			return l.pick(t.Format("2006 年 1 月 2 日 15:04（北京时间）"), t.Format("2 January 2006, 15:04 (Beijing time)"))
		}
	}
	return value
}

// fits reports whether a value is of the kind; examples must be.
func (k Kind) fits(value string) bool {
	switch k {
	case KindCount, KindPosition, KindDays:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0
	case KindSize:
		return strings.HasSuffix(value, "B") && strings.Contains(value, " ")
	case KindPixels:
		return strings.HasSuffix(value, " px") || strings.Contains(value, " x ")
	case KindDate:
		_, err := dayOf(value)
		return err == nil
	case KindInstant:
		_, err := time.Parse(time.RFC3339, value)
		return err == nil
	}
	return value != "" && slices.Contains(kinds, k)
}

func (l Lang) pick(zh, en string) string { return Text{zh, en}.In(l) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// showPixels writes 420 px, 50000000 px or 800 x 600.
func showPixels(value string, l Lang) string {
	value = strings.TrimSuffix(value, " px")
	const large = 1_000_000
	if n, err := strconv.Atoi(value); err == nil && n >= large && n%large == 0 {
		return l.pick(strconv.Itoa(n/10_000)+" 万像素", strconv.Itoa(n/large)+" million pixels")
	}
	value = strings.ReplaceAll(value, " x ", " × ")
	return value + l.pick(" 像素", " pixels")
}

func dayOf(value string) (d review.Date, err error) {
	err = d.UnmarshalJSON([]byte(strconv.Quote(value)))
	return d, err
}

func showDay(value string, l Lang) string {
	d, err := dayOf(value)
	switch {
	case err != nil || d.IsZero():
		return value
	case !d.HasDay():
		t := time.Date(d.Year, d.Month, 1, 0, 0, 0, 0, time.UTC)
		return l.pick(t.Format("2006 年 1 月"), t.Format("January 2006"))
	}
	return l.pick(d.Start().Format("2006 年 1 月 2 日"), d.Start().Format("2 January 2006"))
}
