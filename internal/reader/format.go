package reader

import "strings"

// format names a number format with a check digit; empty has none.
type format string

const (
	creditCode format = "uscc"
	residentID format = "resident_id"
)

func (f format) length() int { return 18 }

// valid reports whether the check digit holds.
func (f format) valid(text string) bool {
	switch f {
	case creditCode:
		return validCreditCode(text)
	case residentID:
		return validResidentID(text)
	}
	return false
}

func validCreditCode(text string) bool {
	if len(text) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 18 {
		v := strings.IndexByte(usccAlphabet, text[i])
		if v < 0 {
			return false
		}
		if i < 17 {
			sum, weight = sum+v*weight, weight*3%31
			continue
		}
		return v == (31-sum%31)%31
	}
	return false
}

func validResidentID(text string) bool {
	if len(text) != 18 {
		return false
	}
	sum, weight := 0, 1 // from the right: 2 to the power of the position, modulo 11
	for i := 17; i >= 0; i-- {
		v := strings.IndexByte(idAlphabet, text[i])
		if v < 0 || v == 10 && i < 17 {
			return false
		}
		sum, weight = sum+v*weight, weight*2%11
	}
	return sum%11 == 1
}
