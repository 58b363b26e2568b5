package text

import (
	"errors"
	"testing"

	"realname/internal/review"
)

func TestDatesInTheSpellingsPeopleUse(t *testing.T) {
	want := review.Date{Year: 2026, Month: 3, Day: 1}
	for _, s := range []string{
		"2026-03-01", "2026-3-1", "2026/3/1", "2026.03.01", "20260301", "2026年3月1日", "2026 年 3 月 1 日", "2026年03月01号",
		"二〇二六年三月一日", "二零二六年三月一日", "二○二六年三月一日", "２０２６－０３－０１", "２０２６年３月１日", "1 Mar 2026", "01 MARCH 2026", "March 1, 2026", " 2026-03-01 ",
	} {
		got, long, err := ParseDate(s)
		if err != nil || long || got != want {
			t.Errorf("%q: %v %v %v", s, got, long, err)
		}
	}
	for s, want := range map[string]string{"二〇二五年十二月三十一日": "2025-12-31", "二〇二五年十月二十日": "2025-10-20", "16 MAY 2023": "2023-05-16", "2024-02-29": "2024-02-29"} {
		if got, _, err := ParseDate(s); err != nil || got.String() != want {
			t.Errorf("%q: %v (%v), want %s", s, got, err, want)
		}
	}
}

func TestLongTermIsNoDate(t *testing.T) {
	for _, s := range []string{"长期", "长期有效", "長期", "long term"} {
		if d, long, err := ParseDate(s); !long || !d.IsZero() || err != nil {
			t.Errorf("%q: %v %v %v", s, d, long, err)
		}
	}
}

func TestDatesThatDoNotExistAreRefused(t *testing.T) {
	for _, s := range []string{"2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "2026-3", "26-03-01", "yesterday", "2026-03-01x", "31 FOO 2026", "46082"} {
		if _, _, err := ParseDate(s); !errors.Is(err, ErrDate) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if d, long, err := ParseDate(""); !d.IsZero() || long || err != nil {
		t.Errorf("empty: %v %v %v", d, long, err)
	}
}

func TestMaskNeverShowsTheWhole(t *testing.T) {
	for in, want := range map[string]string{
		"张三": "张*", "王": "王*", "样本市示例科技有限公司": "样本*******公司", "11010519491231002X": "110*************2X",
		"123456": "******", "": "",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := MaskMail("holder@example.com"); got != "h***@example.com" {
		t.Errorf("mail: %q", got)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-01", "二〇二六年三月一日", "长期", "1 MAR 2026", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, long, err := ParseDate(s)
		if err == nil && !long && !d.IsZero() && !exists(d) {
			t.Errorf("%q gave %v", s, d)
		}
	})
}
