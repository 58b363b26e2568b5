package reader

import (
	"testing"
	"time"

	"realname/internal/reader/glyph"
	"realname/internal/review"
)

func TestDatesOfTheVisualZone(t *testing.T) {
	for text, want := range map[string]review.Date{
		"025MAY2023":  {Year: 2023, Month: time.May, Day: 2},
		"0212DEC2023": {Year: 2023, Month: time.December, Day: 2},
		"31JAN1999":   {Year: 1999, Month: time.January, Day: 31},
		"026MAY2023":  {}, // the number of the month is another one
		"31FEB2023":   {},
		"CHINA":       {},
	} {
		if got := parseVisual(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// The date of birth of a child lies less than ten years before the expiry, too.
func TestAPassportWasIssuedFiveOrTenYearsBeforeItExpires(t *testing.T) {
	expires := review.Date{Year: 2033, Month: time.May, Day: 1}
	for issued, want := range map[review.Date]bool{
		{Year: 2023, Month: time.May, Day: 2}: true, {Year: 2023, Month: time.May, Day: 1}: true, {Year: 2028, Month: time.May, Day: 2}: true,
		{Year: 2024, Month: time.May, Day: 2}: false, {}: false,
	} {
		if got := issuedFor(issued, expires); got != want {
			t.Errorf("%v: %v", issued, got)
		}
	}
}

// A residence permit has the label of an ID card; taken for one, it was refused as
// another type.
func TestACardIsToldByWhereItsNumberWasGivenOut(t *testing.T) {
	for number, want := range map[string]review.CredentialType{"810000199408230021": "GAJZZ", "820000199408230021": "GAJZZ", "830000199201300022": "TWJZZ", "11010519491231002X": "SFZ"} {
		if got := cardOf(number); got != want {
			t.Errorf("%s: %s", number, got)
		}
	}
}

func TestAPeriodWithoutItsDots(t *testing.T) {
	glyphs := func(text string) (g []glyph.Glyph) {
		for _, c := range text {
			g = append(g, glyph.Glyph{Char: c, Probability: 1})
		}
		return g
	}
	if p := parsePeriod(glyphs("2026040220300213")); len(p.dates) != 2 || p.dates[1] != (review.Date{Year: 2030, Month: time.February, Day: 13}) {
		t.Errorf("%+v", p.dates)
	}
	for _, text := range []string{"2030021320260402", "2026130220300213", "110105194912310025"} {
		if p := parsePeriod(glyphs(text)); len(p.dates) != 0 {
			t.Errorf("%s: %+v", text, p.dates)
		}
	}
}

func TestThePartOfAPermitNumberThatItsCardPrints(t *testing.T) {
	for _, c := range []struct {
		kind         review.CredentialType
		number, want string
	}{{"GAJMTX", "H9990000101", "H99900001"}, {"TWJMTX", "9990000101", "99900001"}, {"HZ", "EZ9000001", "EZ9000001"}} {
		if got := forLife(review.Declared{CredentialType: c.kind, Number: c.number}); got != c.want {
			t.Errorf("%s: %s", c.number, got)
		}
	}
}
