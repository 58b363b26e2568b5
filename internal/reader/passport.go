package reader

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"realname/internal/reader/glyph"
	"realname/internal/review"
)

// visualDate is a date as passports print it: day, perhaps the month's number,
// the month in letters and the year.
var visualDate = regexp.MustCompile(`([0-3][0-9])(0?[1-9]|1[0-2])?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)((?:19|20)[0-9]{2})$`)

const monthNames = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"

// parseVisual reads a date of the visual zone; zero when there is none. A number
// of the month that contradicts its letters is a misreading.
func parseVisual(text string) review.Date {
	m := visualDate.FindStringSubmatch(text)
	if m == nil {
		return review.Date{}
	}
	month := strings.Index(monthNames, m[3])/3 + 1
	day, _ := strconv.Atoi(m[1]) // figures by the pattern
	year, _ := strconv.Atoi(m[4])
	if number, err := strconv.Atoi(m[2]); err == nil && number != month || !exists(year, month, day) {
		return review.Date{}
	}
	return review.Date{Year: year, Month: time.Month(month), Day: day}
}

// passportIssue looks for the date of issue in the visual zone. It is the one from
// which the expiry, which check digits prove, is five or ten years away.
func (r *Reader) passportIssue(s *sheet, expires review.Date) (review.Date, review.FieldReading) {
	if expires.IsZero() {
		return review.Date{}, review.FieldReading{}
	}
	for _, f := range s.lineStrips(0) {
		if !s.budget.spend(costStrip) {
			break
		}
		scores := r.figures(s, f, allCharacters)
		r.glyphs = scores.BestPath(r.glyphs[:0])
		if d := parseVisual(glyph.Text(r.glyphs)); issuedFor(d, expires) {
			return d, review.FieldReading{Read: d.String(), Confidence: match{read: r.glyphs, end: len(r.glyphs)}.weakest(), Means: "network", Box: f.box(r.glyphs, scores.Steps(), s.page)}
		}
	}
	return review.Date{}, review.FieldReading{}
}

// issuedFor reports whether a passport of that issue expires on that day: after
// five or ten years, on the same day or on the one before.
func issuedFor(issued, expires review.Date) bool {
	if issued.IsZero() {
		return false
	}
	for _, years := range []int{5, 10} {
		end := review.DateOf(issued.Start().AddDate(years, 0, 0))
		if expires == end || expires == end.AddDays(-1) {
			return true
		}
	}
	return false
}

// passport knows a passport by its machine-readable line, whatever was declared.
func (r *Reader) passport(s *sheet, number review.FieldReading) (review.CredentialType, review.FieldReading) {
	if number.Means != "mrz" {
		var ok bool
		if number, _, ok = r.machineLine(s, ""); !ok {
			return "", review.FieldReading{Verdict: review.Unreadable}
		}
	}
	return "HZ", review.FieldReading{Verdict: review.Confirmed, Confidence: number.Confidence, Means: "mrz", Box: number.Box}
}
