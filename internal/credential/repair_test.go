package credential

import (
	"math/rand/v2"
	"testing"

	"realname/internal/text"
)

// slip changes one character into one that looks like it; ok is false when the
// code has none at the place.
func slip(good string, at int, rng *rand.Rand) (string, bool) {
	var alike []byte
	for _, c := range []byte(digits + letters) {
		if text.Confusable(rune(good[at]), rune(c)) {
			alike = append(alike, c)
		}
	}
	if len(alike) == 0 {
		return "", false
	}
	return good[:at] + string(alike[rng.IntN(len(alike))]) + good[at+1:], true
}

// Of all look-alike slips, at least 85 in a hundred leave one candidate, and it
// is the right one.
func TestLookAlikeSlipsAreMostlyProvable(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	tried, unique, wrong := 0, 0, 0
	for range 400 {
		good := credit(rng)
		for at := range good {
			bad, ok := slip(good, at, rng)
			if !ok || Valid(USCC, bad) {
				continue
			}
			tried++
			r := Repair(USCC, bad)
			if r.Unique {
				unique++
				if r.Candidates[0].Value != good {
					wrong++
				}
			}
		}
	}
	share := float64(unique-wrong) / float64(tried)
	t.Logf("%d slips: %.1f %% have exactly one candidate that is right, %d proposals were wrong", tried, 100*share, wrong)
	if share < 0.85 {
		t.Errorf("share %.3f, want 0.85", share)
	}
	if float64(wrong) > 0.01*float64(tried) {
		t.Errorf("%d wrong proposals of %d", wrong, tried)
	}
}

func TestRepairsOfOtherSlips(t *testing.T) {
	good := "91440300MA5EXAMP0C"
	for rule, bad := range map[string]string{
		"left out":       good[:5] + good[6:],
		"last left out":  good[:17],
		"typed twice":    good[:9] + good[8:],
		"a wrong letter": good[:10] + "K" + good[11:],
	} {
		found := false
		for _, c := range Repair(USCC, bad).Candidates {
			found = found || c.Value == good
		}
		if !found {
			t.Errorf("%s: %s is not among the candidates of %s", rule, good, bad)
		}
	}
	if r := Repair(USCC, "9144O3OOMA5EXAMPOC"); !r.Unique || r.Candidates[0].Value != good {
		t.Errorf("O for 0 all along: %+v", r)
	}
	swapped := good[:10] + good[11:12] + good[10:11] + good[12:]
	if r := Repair(USCC, swapped); len(r.Candidates) == 0 || r.Candidates[0].Value != good {
		t.Errorf("swapped %s: %+v", swapped, r)
	}
}

func TestNothingIsProposedForWhatIsValidOrCannotBeProved(t *testing.T) {
	for _, c := range []struct {
		f Format
		n string
	}{{USCC, "91440300MA5EXAMP0C"}, {Passport, "E1234567O"}, {Free, "x"}, {USCC, ""}, {USCC, "completely wrong!"}} {
		if r := Repair(c.f, c.n); len(r.Candidates) != 0 || r.Unique {
			t.Errorf("%s %q: %+v", c.f, c.n, r)
		}
	}
}

func FuzzValidateAndRepair(f *testing.F) {
	for _, s := range []string{"91440300MA5EXAMP0C", "11010519491231002X", "样本", "\xff\xfe", "H12345678", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for format := range schemes {
			Validate(format, s)
			for _, c := range Repair(format, s).Candidates {
				if !Valid(format, c.Value) {
					t.Errorf("%s: %q proposed for %q is not valid", format, c.Value, s)
				}
			}
		}
		_, _ = BirthDate(ResidentID, s)
		_, _ = UpgradeResidentID(s)
	})
}

func FuzzMRZ(f *testing.F) {
	f.Add("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "")
	f.Fuzz(func(_ *testing.T, a, b, c string) {
		ParseTD3(a, b)
		ParseTD1(a, b, c)
	})
}

func BenchmarkValidateUSCC(b *testing.B) {
	for b.Loop() {
		Validate(USCC, "91440300MA5EXAMP0C")
	}
}

func BenchmarkRepairUSCC(b *testing.B) {
	for b.Loop() {
		Repair(USCC, "91440300MA5EXAMP0E")
	}
}
