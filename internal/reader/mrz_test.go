package reader

import (
	"strings"
	"testing"

	"realname/internal/review"
)

// The specimen of ICAO 9303 part 4, appendix A.
const utopia = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

func TestParseMRZNeedsAllCheckDigits(t *testing.T) {
	got, ok := parseMRZ("8" + utopia)
	if !ok || got.number != "L898902C3" || got.at != 1 || got.expires != (review.Date{Year: 2012, Month: 4, Day: 15}) {
		t.Fatalf("%+v, %v", got, ok)
	}
	for i := range 28 {
		if i >= 10 && i < 13 || i == 20 {
			continue // nationality and sex have no check digit of their own
		}
		for _, c := range "07A" {
			bad := utopia[:i] + string(c) + utopia[i+1:]
			if got, ok := parseMRZ(bad); ok && bad != utopia && got.number == "L898902C3" && got.expires.Day == 15 && i != 13 {
				t.Errorf("%s passes with character %d changed", bad, i+1)
			}
		}
	}
}

func TestMachineLineComparesTheNumber(t *testing.T) {
	r := newReader(t)
	page := drawn(t, 26, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", utopia)
	session := r.Open(page)
	s := session.sheet(0, &budget{left: documentBudget})
	for declared, want := range map[string]review.Verdict{"L898902C3": review.Confirmed, "L898902C8": review.Contradicted, "L89890C23": review.Contradicted} {
		got, _, ok := r.machineLine(s, declared)
		if !ok || got.Verdict != want || got.Read != "L898902C3" {
			t.Errorf("%s: %+v, found %v", declared, got, ok)
		}
	}
}

func FuzzParseMRZ(f *testing.F) {
	f.Add(utopia)
	f.Add(strings.Repeat("<", 44))
	f.Add("A00000000")
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := parseMRZ(s); ok && (len(got.number) > mrzNumber || got.at > len(s)) {
			t.Fatalf("%q gave %+v", s, got)
		}
	})
}
