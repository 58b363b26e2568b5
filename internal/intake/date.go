package intake

import (
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
	n, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	if err != nil || n < firstSerial || n > lastSerial {
		return cell
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly)
}
