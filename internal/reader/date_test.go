package reader

import (
	"testing"
	"time"

	"realname/internal/reader/glyph"
	"realname/internal/review"
)

// glyphs are sure, except those that follow a question mark.
func glyphs(text string) []glyph.Glyph {
	var out []glyph.Glyph
	p, at := 0.99, 0
	for _, c := range text {
		if c == '?' {
			p = 0.2
			continue
		}
		out = append(out, glyph.Glyph{Char: c, Probability: p, Start: at, End: at + 2})
		p, at = 0.99, at+4
	}
	return out
}

func TestParsePeriod(t *testing.T) {
	day := func(y int, m time.Month, d int) review.Date { return review.Date{Year: y, Month: m, Day: d} }
	cases := []struct {
		text     string
		want     []review.Date
		longTerm bool
	}{
		{"日期2016年09月30日", []review.Date{day(2016, 9, 30)}, false},
		{"2016年9月3日", []review.Date{day(2016, 9, 3)}, false},
		{"2017年06月02日至长期", []review.Date{day(2017, 6, 2)}, true},
		{"2016年09月30日至2036年09月29日", []review.Date{day(2016, 9, 30), day(2036, 9, 29)}, false},
		{"2009.03.17-2029.03.17", []review.Date{day(2009, 3, 17), day(2029, 3, 17)}, false},
		{"2021年04月?1?4日", []review.Date{day(2021, 4, 0)}, false},                         // a seal over the day
		{"2025.03.1-2033.09.04", []review.Date{day(2025, 3, 0), day(2033, 9, 4)}, false}, // a figure of the day was lost
		{"2024.1.06-2031.08.02", []review.Date{day(2031, 8, 2)}, false},                  // one of the month
		{"2021年02月30日", []review.Date{day(2021, 2, 0)}, false},                           // no such day
		{"?2?0?2?1年04月14日", nil, false},                                                  // the year is not sure
		{"91350000202104145", nil, false},                                                // inside a number
		{"2021年13月01日", nil, false},
		{"20210414", []review.Date{day(2021, 4, 14)}, false},
		{"期长期", nil, false},
		{"", nil, false},
	}
	for _, c := range cases {
		got := parsePeriod(glyphs(c.text))
		if len(got.dates) != len(c.want) || got.longTerm != c.longTerm {
			t.Errorf("%s: %v, long term %v", c.text, got.dates, got.longTerm)
			continue
		}
		for i := range c.want {
			if got.dates[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.text, got.dates[i], c.want[i])
			}
		}
	}
}

func TestCompareDate(t *testing.T) {
	full := review.Date{Year: 2021, Month: 4, Day: 14}
	month := review.Date{Year: 2021, Month: 4}
	sure, unsure := review.FieldReading{Confidence: 0.99}, review.FieldReading{Confidence: 0.6}
	for _, c := range []struct {
		declared, read review.Date
		f              review.FieldReading
		want           review.Verdict
	}{
		{full, full, unsure, review.Confirmed},
		{full, review.Date{Year: 2021, Month: 4, Day: 15}, sure, review.Contradicted},
		{full, review.Date{Year: 2021, Month: 4, Day: 15}, unsure, review.Unreadable},
		{full, month, sure, review.Unreadable}, // the seal covers the day
		{full, review.Date{}, unsure, review.Unreadable},
		{review.Date{}, full, sure, review.NotSought},
	} {
		if got := compareDate(c.declared, c.read, c.f).Verdict; got != c.want {
			t.Errorf("declared %s read %s: %q, want %q", c.declared, c.read, got, c.want)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2016年09月30日", "2017.06.02-长期", "至至至", "0000年00月00日", "99999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range parsePeriod(glyphs(s)).dates {
			if d.Year < 1900 || d.Year > 2100 || d.Month < 1 || d.Month > 12 || d.Day < 0 || d.Day > 31 {
				t.Fatalf("%q gave the impossible date %v", s, d)
			}
		}
	})
}
