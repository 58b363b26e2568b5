package credential

import "strings"

// hkMacaoAlphabet: H or M, then digits (a life-long number of eight; older cards
// add two for the renewal).
func hkMacaoAlphabet(position int) string {
	if position == 1 {
		return "HM"
	}
	return digits
}

// foreignOldAlphabet: three letters of the nationality, then twelve digits.
func foreignOldAlphabet(position int) string {
	if position <= 3 {
		return letters
	}
	return digits
}

// The series of Chinese passports that are known; another one is a warning.
const passportSeries = "EGDSPKHM"

func checkPassportCN(s string) []Fault {
	if !strings.Contains(passportSeries, s[:1]) {
		return []Fault{{FaultSeries, 1, s[:1], ""}}
	}
	return nil
}

// Comparable is the part of a number that must agree between declaration and
// document: permits print a renewal count behind the number for life.
func Comparable(f Format, number string) string {
	switch {
	case f == HKMacaoPermit && len(number) == 11:
		return number[:9]
	case f == TaiwanPermit && len(number) == 10:
		return number[:8]
	case f == OrganisationCode:
		return strings.ReplaceAll(number, "-", "")
	}
	return number
}
