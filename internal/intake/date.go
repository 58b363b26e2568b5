package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The days that a spreadsheet counts from 1899-12-30, for 1980 to 2150: a plain
// number outside is no date that somebody meant.
const (
	firstSerial = 29221
	lastSerial  = 91313
)

// spreadsheetDate turns a day that a spreadsheet program counted into a written
// one; anything else stays as it is.
func spreadsheetDate(cell string) string {
	trimmed := strings.TrimSpace(cell)
	if day, ok := midnight(trimmed); ok {
		return day
	}
	if !serial.MatchString(trimmed) {
		return cell
	}
	n, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || n < firstSerial || n > lastSerial {
		return cell
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly)
}

var (
	serial     = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
	noTimeOfIt = regexp.MustCompile(`^(.*\d)[ T]0{1,2}:00(:00(\.0+)?)?$`)
)

// midnight drops the time that exports append to a day: 2026-03-01 00:00:00.
func midnight(cell string) (string, bool) {
	m := noTimeOfIt.FindStringSubmatch(cell)
	if m == nil {
		return "", false
	}
	return m[1], true
}
