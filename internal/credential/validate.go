package credential

import (
	"slices"
	"strconv"
	"strings"
)

// Validate says everything that is wrong with a number under a format; nil when
// it is valid. Length and characters are judged first: check digits of a
// malformed number mean nothing.
func Validate(f Format, number string) []Fault {
	s, ok := schemes[f]
	if !ok {
		return nil
	}
	runes := []rune(number)
	if !slices.Contains(s.lengths, len(runes)) {
		return []Fault{{Kind: FaultLength, Got: strconv.Itoa(len(runes)), Want: wantLength(s.lengths)}}
	}
	if faults := charset(s, runes); faults != nil {
		return faults
	}
	return s.check(number)
}

// Valid reports whether nothing about the number refuses it; what only warns
// (an unknown region, department or series) does not.
func Valid(f Format, number string) bool {
	return !slices.ContainsFunc(Validate(f, number), func(x Fault) bool { return !x.Kind.warns() })
}

func (k FaultKind) warns() bool {
	return k == FaultRegion || k == FaultDepartment || k == FaultSeries
}

func charset(s scheme, runes []rune) []Fault {
	if s.alphabet == nil {
		return nil
	}
	var faults []Fault
	for i, r := range runes {
		if allowed := s.alphabet(i + 1); !strings.ContainsRune(allowed, r) {
			faults = append(faults, Fault{Kind: FaultCharset, Position: i + 1, Got: string(r), Want: meant(r, allowed)})
		}
	}
	return faults
}

// impossible maps characters that a format does not have to the one that was
// surely meant, where it has that one: a credit code has no I, O, Z, S or V.
var impossible = map[rune]string{'O': "0", 'I': "1", 'Z': "2", 'S': "5", 'V': "U", 'o': "0", 'i': "1", 'l': "1", 'x': "X", 'L': "1", 'Q': "0", 'D': "0", 'B': "8", 'G': "6"}

func meant(r rune, allowed string) string {
	if w := impossible[r]; w != "" && strings.Contains(allowed, w) {
		return w
	}
	if up := strings.ToUpper(string(r)); up != string(r) && strings.Contains(allowed, up) {
		return up
	}
	return ""
}

func wantLength(list []int) string {
	if n := len(list); n > 2 {
		return strconv.Itoa(list[0]) + "-" + strconv.Itoa(list[n-1])
	}
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, "/")
}

// Detect lists the formats with a check digit under which the number is valid.
func Detect(number string) []Format {
	var list []Format
	for _, f := range []Format{USCC, ResidentID, ResidencePermit, ForeignResident, Licence15, OrganisationCode} {
		if Valid(f, number) {
			list = append(list, f)
		}
	}
	return list
}
