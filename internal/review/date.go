package review

import (
	"encoding/json"
	"fmt"
	"time"
)

// Shanghai is the zone in which every certificate date counts. It is a fixed
// offset on purpose: China's daylight saving time of 1986 to 1991 must not move
// a civil date, and no zone database is needed.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil date as printed on a certificate. The zero Date is unknown.
// Day 0 with a known month means that only year and month could be read.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the civil date of an instant in Shanghai.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Shanghai).Date()
	return Date{y, m, d}
}

// ParseDate reads the one machine form, 2006-01-02, and refuses dates that do
// not exist. Other spellings are folded to it at the edge (package text).
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not an existing day written as YYYY-MM-DD", s)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// IsZero reports whether nothing is known of the date.
func (d Date) IsZero() bool { return d == Date{} }

// HasDay reports whether year, month and day are all known.
func (d Date) HasDay() bool { return d.Year != 0 && d.Month != 0 && d.Day != 0 }

// Start is the first instant of the day in Shanghai.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Shanghai)
}

// AddDays moves by whole civil days.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// DaysSince counts civil days from e to d; it is negative when d is earlier.
func (d Date) DaysSince(e Date) int {
	return int(d.utc().Sub(e.utc()) / (24 * time.Hour))
}

// Before compares two dates that both have a day.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String is YYYY-MM-DD, YYYY-MM when the day is unknown, or empty.
func (d Date) String() string {
	switch {
	case d.Year == 0:
		return ""
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, int(d.Month))
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalJSON writes the String form.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads the String form.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("date must be a string: %w", err)
	}
	if s == "" {
		*d = Date{}
		return nil
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		*d = Date{Year: t.Year(), Month: t.Month()}
		return nil
	}
	p, err := ParseDate(s)
	*d = p
	return err
}
