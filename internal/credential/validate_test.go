package credential

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// credit makes a valid credit code from a seed; its registrant does not exist.
func credit(rng *rand.Rand) string {
	codes := regionCodes()
	region := codes[rng.IntN(len(codes))]
	org := make([]byte, 8)
	for i := range org {
		org[i] = usccLetters[rng.IntN(len(usccLetters))]
	}
	first := "91" + region + string(org)
	first += string(OrganisationCheck(first[8:]))
	return first + string(USCCCheck(first))
}

func regionCodes() []string {
	var list []string
	for code := range regions() {
		list = append(list, code)
	}
	return list
}

// resident makes a valid resident number of nobody.
func resident(rng *rand.Rand) string {
	codes := regionCodes()
	first := fmt.Sprintf("%s%04d%02d%02d%03d", codes[rng.IntN(len(codes))], 1930+rng.IntN(80), 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(1000))
	return first + string(idCheck(first))
}

func TestSpecimensAreValid(t *testing.T) {
	for f, list := range map[Format][]string{
		// Made for specimens (EXAMP), and the examples of the standards and of the
		// authorities' own specimen cards.
		USCC:            {"91440300MA5EXAMP0C", "91100000MA5EXAMP08", "31310000MD0EXAMP2D"},
		ResidentID:      {"11010519491231002X"},
		ResidencePermit: {"810000199408230021", "830000199201300022"},
		ForeignResident: {"911124198108030024"},
		Licence15:       {"440301100000016", "110108000000008"},
		HKMacaoPermit:   {"H12345678", "M1234567801"},
		TaiwanPermit:    {"12345678", "1234567801"},
		PassportCN:      {"E12345678", "EA1234567", "G12345678"},
		Passport:        {"L898902C3", "12345"},
		Free:            {"军字第1234567号"},
	} {
		for _, n := range list {
			if faults := Validate(f, n); faults != nil {
				t.Errorf("%s %s: %+v", f, n, faults)
			}
		}
	}
}

func TestEachFaultIsNamedWithItsPlace(t *testing.T) {
	good := credit(rand.New(rand.NewPCG(7, 7)))
	cases := []struct {
		rule   string
		format Format
		number string
		want   Fault
	}{
		{"NUM-01 too short", USCC, good[:17], Fault{FaultLength, 0, "17", "18"}},
		{"NUM-01 too long", ResidentID, "11010519491231002X1", Fault{FaultLength, 0, "19", "18"}},
		{"NUM-01 empty", USCC, "", Fault{FaultLength, 0, "0", "18"}},
		{"NUM-02 a letter that no code has", USCC, good[:16] + "O" + good[17:], Fault{FaultCharset, 17, "O", "0"}},
		{"NUM-02 small x", ResidentID, "11010519491231002x", Fault{FaultCharset, 18, "x", "X"}},
		{"NUM-02 a letter among digits", ResidentID, "1101051949I231002X", Fault{FaultCharset, 11, "I", "1"}},
		{"NUM-05 check digit", ResidentID, "110105194912310021", Fault{FaultCheckDigit, 18, "1", "X"}},
		{"NUM-07 birth date", ResidentID, withCheck("11010519490231002"), Fault{FaultBirthDate, 7, "19490231", ""}},
		{"NUM-06 region", ResidentID, withCheck("11999919491231002"), Fault{FaultRegion, 1, "119999", ""}},
		{"NUM-06 province", ResidentID, withCheck("99010519491231002"), Fault{FaultProvince, 1, "99", ""}},
		{"NUM-06 province", ResidentID15, "990105491231002", Fault{FaultProvince, 1, "99", ""}},
		{"prefix of a residence permit", ResidencePermit, withCheck("71000019940823002"), Fault{FaultCharset, 1, "710000", "810000/820000/830000"}},
		{"NUM-05 15 digits", Licence15, "440301100000018", Fault{FaultCheckDigit, 15, "8", "6"}},
		{"letter of a permit", HKMacaoPermit, "A12345678", Fault{FaultCharset, 1, "A", ""}},
	}
	for _, c := range cases {
		got := Validate(c.format, c.number)
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("%s: %+v, want %+v", c.rule, got, c.want)
		}
	}
}

func withCheck(first17 string) string { return first17 + string(idCheck(first17)) }

func TestStateOrganisationsHaveRegion100000(t *testing.T) {
	if f := Validate(USCC, "91100000MA5EXAMP08"); f != nil {
		t.Errorf("%+v", f)
	}
}

func TestRetiredRegionsAreKnown(t *testing.T) {
	// Xuanwu district of Beijing was dissolved in 2010, Chongwen too.
	for _, code := range []string{"110104", "110103"} {
		if !knownRegion(code) {
			t.Errorf("%s is not known", code)
		}
	}
}

func TestBirthDatesAndUpgrades(t *testing.T) {
	if d, ok := BirthDate(ResidentID, "11010519491231002X"); !ok || d.String() != "1949-12-31" {
		t.Errorf("%v %v", d, ok)
	}
	if up, err := UpgradeResidentID("110105491231002"); err != nil || up != "11010519491231002X" {
		t.Errorf("%s %v", up, err)
	}
	if _, err := UpgradeResidentID("11010549123100X"); err == nil {
		t.Error("a letter was upgraded")
	}
}

// Every single wrong character and every swap of neighbours is caught, in 200
// generated codes of each kind.
func TestCheckDigitsCatchEverySlip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for f, generate := range map[Format]func(*rand.Rand) string{USCC: credit, ResidentID: resident} {
		tried := 0
		for range 200 {
			good := generate(rng)
			if !Valid(f, good) {
				t.Fatalf("%s: generated %s is not valid: %+v", f, good, Validate(f, good))
			}
			for _, bad := range singleSlips(f, good) {
				tried++
				if Valid(f, bad) {
					t.Errorf("%s: %s for %s went unnoticed", f, bad, good)
				}
			}
		}
		if tried < 20_000 {
			t.Errorf("%s: only %d slips", f, tried)
		}
	}
}

// singleSlips are all wrong characters at one place and all swaps of neighbours.
func singleSlips(f Format, good string) []string {
	var list []string
	for i := range good {
		for _, c := range schemes[f].alphabet(i + 1) {
			if byte(c) != good[i] {
				list = append(list, good[:i]+string(c)+good[i+1:])
			}
		}
		if i > 0 && good[i-1] != good[i] {
			list = append(list, good[:i-1]+good[i:i+1]+good[i-1:i]+good[i+1:])
		}
	}
	return list
}

func TestMRZ(t *testing.T) {
	line1 := "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<" // the specimen of ICAO Doc 9303
	line2 := "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	m, faults := ParseTD3(line1, line2)
	if faults != nil || m.Number != "L898902C3" || m.Surname != "ERIKSSON" || m.Given != "ANNA MARIA" || m.Expiry.String() != "2012-04-15" || m.Birth != "740812" {
		t.Errorf("%+v %+v", m, faults)
	}
	for i := range 44 {
		if line2[i] == '<' || line2[i] == 'F' || i >= 10 && i < 13 {
			continue // filler, sex and nationality have no check digit of their own
		}
		wrong := []byte(line2)
		wrong[i] = digits[(int(wrong[i])+1)%10]
		if _, f := ParseTD3(line1, string(wrong)); f == nil {
			t.Errorf("a wrong character at %d went unnoticed", i+1)
		}
	}
	if _, f := ParseTD3(line1, "short"); len(f) != 1 || f[0].Kind != FaultLength {
		t.Errorf("%+v", f)
	}
	card, faults := ParseTD1("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
	if faults != nil || card.Number != "D23145890" || card.Given != "ANNA MARIA" {
		t.Errorf("%+v %+v", card, faults)
	}
}

func TestPermitsCompareWithoutTheRenewal(t *testing.T) {
	for _, c := range []struct {
		f        Format
		in, want string
	}{{HKMacaoPermit, "H1234567801", "H12345678"}, {TaiwanPermit, "1234567801", "12345678"}, {OrganisationCode, "12345678-9", "123456789"}, {USCC, "X", "X"}} {
		if got := Comparable(c.f, c.in); got != c.want {
			t.Errorf("%s: %s", c.f, got)
		}
	}
}
