package credential

import (
	"strconv"
	"strings"

	"realname/internal/review"
)

// MRZ is what a machine-readable zone says (ICAO Doc 9303).
type MRZ struct {
	Document    string // P for a passport
	State       string // issuing state
	Surname     string
	Given       string
	Number      string
	Nationality string
	Birth       string // yymmdd
	Expiry      review.Date
	Sex         string
}

const mrzAlphabet = digits + letters + "<"

// MRZCheck is the check digit of Doc 9303-3, 4.9: weights 7, 3, 1; letters from
// 10; filler 0.
func MRZCheck(s string) byte {
	weights := [3]int{7, 3, 1}
	sum := 0
	for i := range len(s) {
		v := strings.IndexByte(digits+letters, s[i]) // filler: -1
		sum += max(v, 0) * weights[i%3]
	}
	return digits[sum%10]
}

// field is a checked part of a line: from and to count characters from 0, the
// check digit stands at check.
type field struct{ from, to, check int }

// ParseTD3 reads the two lines of a passport. Faults carry positions in the
// second line, where all check digits are.
func ParseTD3(line1, line2 string) (MRZ, []Fault) {
	if faults := mrzForm(44, line1, line2); faults != nil {
		return MRZ{}, faults
	}
	faults := checkFields(line2, []field{{0, 9, 9}, {13, 19, 19}, {21, 27, 27}})
	if line2[42] != '<' || strings.Trim(line2[28:42], "<") != "" { // empty optional data may lack its digit
		faults = append(faults, checkFields(line2, []field{{28, 42, 42}})...)
	}
	if want := MRZCheck(line2[:10] + line2[13:20] + line2[21:43]); want != line2[43] {
		faults = append(faults, Fault{FaultCheckDigit, 44, line2[43:], string(want)})
	}
	m := names(line1[5:])
	m.Document, m.State = strings.Trim(line1[:2], "<"), strings.Trim(line1[2:5], "<")
	m.Number, m.Nationality, m.Sex = strings.Trim(line2[:9], "<"), strings.Trim(line2[10:13], "<"), strings.Trim(line2[20:21], "<")
	m.Birth, m.Expiry = line2[13:19], expiry(line2[21:27])
	return m, faults
}

// ParseTD1 reads the three lines of a card.
func ParseTD1(line1, line2, line3 string) (MRZ, []Fault) {
	if faults := mrzForm(30, line1, line2, line3); faults != nil {
		return MRZ{}, faults
	}
	faults := checkFields(line1, []field{{5, 14, 14}})
	faults = append(faults, checkFields(line2, []field{{0, 6, 6}, {8, 14, 14}})...)
	if want := MRZCheck(line1[5:] + line2[:7] + line2[8:15] + line2[18:29]); want != line2[29] {
		faults = append(faults, Fault{FaultCheckDigit, 30, line2[29:], string(want)})
	}
	m := names(line3)
	m.Document, m.State = strings.Trim(line1[:2], "<"), strings.Trim(line1[2:5], "<")
	m.Number, m.Nationality, m.Sex = strings.Trim(line1[5:14], "<"), strings.Trim(line2[15:18], "<"), strings.Trim(line2[7:8], "<")
	m.Birth, m.Expiry = line2[:6], expiry(line2[8:14])
	return m, faults
}

func mrzForm(length int, lines ...string) []Fault {
	for _, l := range lines {
		if len(l) != length {
			return []Fault{{Kind: FaultLength, Got: strconv.Itoa(len(l)), Want: strconv.Itoa(length)}}
		}
		for i := range length {
			if strings.IndexByte(mrzAlphabet, l[i]) < 0 {
				return []Fault{{FaultCharset, i + 1, l[i : i+1], ""}}
			}
		}
	}
	return nil
}

func checkFields(line string, fields []field) []Fault {
	var faults []Fault
	for _, f := range fields {
		if want := MRZCheck(line[f.from:f.to]); want != line[f.check] {
			faults = append(faults, Fault{FaultCheckDigit, f.check + 1, line[f.check : f.check+1], string(want)})
		}
	}
	return faults
}

func names(s string) MRZ {
	surname, given, _ := strings.Cut(s, "<<")
	clean := func(x string) string { return strings.TrimSpace(strings.ReplaceAll(x, "<", " ")) }
	return MRZ{Surname: clean(surname), Given: clean(given)}
}

// expiry reads yymmdd; a document's expiry lies in this century.
func expiry(yymmdd string) review.Date {
	d, ok := birth("20" + yymmdd)
	if !ok {
		return review.Date{}
	}
	return d
}
