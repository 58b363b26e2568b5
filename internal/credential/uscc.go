package credential

import "strings"

// usccLetters is the alphabet of GB 32100-2015: no I, O, S, V or Z. A
// character's value is its index.
const usccLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// departments are the registering departments by the first character; the list
// grows, so that another one is a warning.
const departments = "123456789ANY"

func usccAlphabet(position int) string {
	if position >= 3 && position <= 8 {
		return digits // the region
	}
	return usccLetters
}

// usccValues gives each character's value; -1 for text of another alphabet.
var usccValues = valuesOf(usccLetters)

func valuesOf(alphabet string) (values [256]int8) {
	for i := range values {
		values[i] = int8(strings.IndexByte(alphabet, byte(i)))
	}
	return values
}

// USCCCheck is the 18th character for the first 17 (GB 32100-2015, 4.2.6): the
// weights are the powers of 3 modulo 31. It is 0 for text of another alphabet.
func USCCCheck[T ~string | ~[]byte](first17 T) byte {
	sum, weight := 0, 1
	for i := range len(first17) {
		v := int(usccValues[first17[i]])
		if v < 0 {
			return 0
		}
		sum, weight = sum+v*weight, weight*3%31
	}
	return usccLetters[(31-sum%31)%31]
}

func provesUSCC(b []byte) bool { return len(b) == 18 && b[17] != 0 && USCCCheck(b[:17]) == b[17] }

func checkUSCC(s string) []Fault {
	var faults []Fault
	if want := USCCCheck(s[:17]); want != s[17] {
		faults = append(faults, Fault{FaultCheckDigit, 18, s[17:], string(want)})
	}
	if want := OrganisationCheck(s[8:16]); len(faults) == 0 && want != s[16] {
		faults = append(faults, Fault{FaultOrganisationCode, 17, s[16:17], string(want)})
	}
	if !knownRegion(s[2:8]) && s[2:8] != "100000" { // 100000: registered with the state itself
		faults = append(faults, Fault{FaultRegion, 3, s[2:8], ""})
	}
	if !strings.Contains(departments, s[:1]) {
		faults = append(faults, Fault{FaultDepartment, 1, s[:1], ""})
	}
	return faults
}

var organisationValues = valuesOf(digits + letters)

// OrganisationCheck is the check character for the first 8 of an organisation
// code (GB 11714-1997): letters count from 10, weights 3 7 9 10 5 8 4 2.
func OrganisationCheck[T ~string | ~[]byte](first8 T) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		v := int(organisationValues[first8[i]])
		if v < 0 {
			return 0
		}
		sum += v * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return digits[c]
	}
}

func organisationAlphabet(position int) string {
	if position >= 9 {
		return digits + "X-"
	}
	return digits + letters
}

func checkOrganisationCode(s string) []Fault {
	if len(s) == 10 && s[8] != '-' {
		return []Fault{{FaultCharset, 9, s[8:9], "-"}}
	}
	last := s[len(s)-1]
	if want := OrganisationCheck(s[:8]); want != last {
		return []Fault{{FaultCheckDigit, len(s), string(last), string(want)}}
	}
	return nil
}

func provesOrganisationCode(b []byte) bool {
	return (len(b) == 9 || len(b) == 10) && b[len(b)-1] != 0 && OrganisationCheck(b[:8]) == b[len(b)-1]
}

func checkLicence15(s string) []Fault {
	if want := licence15Check(s); want != s[14] {
		return []Fault{{FaultCheckDigit, 15, s[14:], string(want)}}
	}
	return nil
}

func provesLicence15(b []byte) bool { return len(b) == 15 && licence15Check(b) == b[14] }

// licence15Check is MOD 11,10 of GS 15-2006.
func licence15Check[T ~string | ~[]byte](s T) byte {
	p := 10
	for i := range 14 {
		t := (p + int(s[i]-'0')) % 10
		if t == 0 {
			t = 10
		}
		p = t * 2 % 11
	}
	return digits[(11-p)%10]
}
