// Package eval measures the reader against pictures whose contents are known:
// it declares the true values and then wrong ones, and counts what the reader
// makes of them. It decides nothing and changes nothing.
package eval

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"realname/internal/review"
)

// Label is what one picture shows, as a person transcribed it.
type Label struct {
	File   string
	Kind   string // document type: our code, or a word such as licence; empty means a business licence
	Number string
	Name   string
	// Dates are all dates of the label; any of them counts as read.
	Dates []review.Date
	Truth Truth
	Dir   string // where the file is
}

// ReadLabels reads a CSV file with a header. Known columns are file, kind,
// number, name, issue_date, establishment_date, and those that tell the truth of a
// picture: checksum_ok, class and group. Others are ignored.
func ReadLabels(r io.Reader) ([]Label, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header of the labels: %w", err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	if _, ok := at["file"]; !ok {
		return nil, errors.New("the labels have no column named file")
	}
	var out []Label
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read labels: %w", err)
		}
		get := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		out = append(out, Label{
			File: get("file"), Kind: get("kind"), Number: get("number"), Name: get("name"),
			Dates: parseDates(get("issue_date") + " " + get("establishment_date")),
			Truth: truthOf(get("checksum_ok"), get("class"), get("group")),
		})
	}
}

func truthOf(checksum, class, group string) Truth {
	switch {
	case group != "":
		return Broken
	case class != "":
		return Foreign
	case checksum == "no":
		return Altered
	}
	return Genuine
}

var datePattern = regexp.MustCompile(`((?:19|20)\d{2})\s*[年./-]?\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})`)

// parseDates finds all dates in a text.
func parseDates(s string) []review.Date {
	var out []review.Date
	for _, m := range datePattern.FindAllStringSubmatch(s, -1) {
		y, _ := strconv.Atoi(m[1])
		mo, _ := strconv.Atoi(m[2])
		d, _ := strconv.Atoi(m[3])
		if t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC); t.Day() == d && int(t.Month()) == mo {
			out = append(out, review.Date{Year: y, Month: time.Month(mo), Day: d})
		}
	}
	return out
}
