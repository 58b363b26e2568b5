package credential

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"realname/internal/review"
)

func idAlphabet(position int) string {
	if position == 18 {
		return digits + "X"
	}
	return digits
}

// idCheck is ISO 7064 MOD 11-2 over the first 17 digits.
func idCheck[T ~string | ~[]byte](first17 T) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(first17[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

func checkResidentID(s string) []Fault {
	faults := checkMod11(s)
	faults = append(faults, checkRegion(s[:6])...)
	return append(faults, checkBirth(s[6:14], 7)...)
}

// checkRegion refuses what no province begins with: there never was another one.
// An unknown code within a province is only unusual, since tables have gaps.
func checkRegion(code string) []Fault {
	switch {
	case !knownProvince(code[:2]):
		return []Fault{{FaultProvince, 1, code[:2], ""}}
	case !knownRegion(code):
		return []Fault{{FaultRegion, 1, code, ""}}
	}
	return nil
}

func provesMod11(b []byte) bool { return len(b) == 18 && idCheck(b[:17]) == b[17] }

func checkMod11(s string) []Fault {
	if want := idCheck(s[:17]); want != s[17] {
		return []Fault{{FaultCheckDigit, 18, s[17:], string(want)}}
	}
	return nil
}

// checkBirth judges the calendar alone; whether a date lies in the future
// depends on the clock and is for the checks.
func checkBirth(yyyymmdd string, position int) []Fault {
	if _, ok := birth(yyyymmdd); !ok {
		return []Fault{{FaultBirthDate, position, yyyymmdd, ""}}
	}
	return nil
}

func birth(yyyymmdd string) (review.Date, bool) {
	t, err := time.Parse("20060102", yyyymmdd)
	if err != nil || t.Year() < 1850 {
		return review.Date{}, false
	}
	return review.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, true
}

func checkResidentID15(s string) []Fault {
	var faults []Fault
	faults = append(faults, checkRegion(s[:6])...)
	return append(faults, checkBirth("19"+s[6:12], 7)...)
}

// The first digits of the residence permits of Hong Kong, Macao and Taiwan residents.
var permitRegions = []string{"810000", "820000", "830000"}

func checkResidencePermit(s string) []Fault {
	faults := checkMod11(s)
	known := false
	for _, p := range permitRegions {
		known = known || s[:6] == p
	}
	if !known {
		faults = append(faults, Fault{FaultCharset, 1, s[:6], strings.Join(permitRegions, "/")})
	}
	return append(faults, checkBirth(s[6:14], 7)...)
}

// checkForeignResident judges the form of December 2023: 9, then issuing place
// and nationality, birth date, serial and check digit.
func checkForeignResident(s string) []Fault {
	faults := checkMod11(s)
	if s[0] != '9' {
		faults = append(faults, Fault{FaultCharset, 1, s[:1], "9"})
	}
	return append(faults, checkBirth(s[6:14], 7)...)
}

// BirthDate is the birth date that a number carries.
func BirthDate(f Format, number string) (review.Date, bool) {
	switch {
	case (f == ResidentID || f == ResidencePermit || f == ForeignResident) && len(number) == 18:
		return birth(number[6:14])
	case f == ResidentID15 && len(number) == 15:
		return birth("19" + number[6:12])
	}
	return review.Date{}, false
}

// UpgradeResidentID gives the 18-digit number of an old 15-digit one.
func UpgradeResidentID(fifteen string) (string, error) {
	if len(fifteen) != 15 || strings.Trim(fifteen, digits) != "" {
		return "", fmt.Errorf("an old resident number has 15 digits, this has %s characters", strconv.Itoa(len([]rune(fifteen))))
	}
	long := fifteen[:6] + "19" + fifteen[6:]
	return long + string(idCheck(long)), nil
}
