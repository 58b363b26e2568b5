package specimen

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/review"
)

func spec(kind review.CredentialType, role review.Role, faults ...Fault) Spec {
	rng := rand.New(rand.NewPCG(1, 2))
	p := Spec{Type: kind, Role: role, LegalPerson: Person(rng), Faults: faults, Seed: 7, Printed: review.Declared{
		Name: Company(rng), Number: CreditCode(rng), IssueDate: review.Date{Year: 2021, Month: 3, Day: 14},
	}}
	if !slices.Contains([]review.CredentialType{"YYZZ", "TYDM", "SYDWFR", "SHTTFR"}, kind) {
		p.Printed.Name, p.Printed.Number = Person(rng), PersonNumber(rng, kind)
		p.Printed.ExpiryDate = review.Date{Year: 2041, Month: 3, Day: 14}
	}
	return p
}

func mustDraw(t testing.TB, p Spec) []byte {
	t.Helper()
	data, err := Draw(p)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func probe(data []byte) review.File { return imaging.Probe(data, "jpg", imaging.DefaultLimits) }

func measure(t testing.TB, data []byte) review.Picture {
	t.Helper()
	img, fault, err := imaging.Decode(context.Background(), data, probe(data), imaging.NewBudget(1<<30))
	if err != nil || fault != "" {
		t.Fatal(fault, err)
	}
	return imaging.Measure(img)
}

func TestEverySideIsDrawnWithinTheLimitsAndTheSameTwice(t *testing.T) {
	for s := range layouts {
		p := spec(s.kind, s.role)
		p.Form = s.form
		data := mustDraw(t, p)
		if n := len(data); n < 56_320 || n > 1<<20 {
			t.Errorf("%s %s has %d bytes", s.kind, s.role, n)
		}
		if s.role == review.EmblemSide && !bytes.Equal(data, mustDraw(t, spec(s.kind, s.role))) {
			t.Errorf("%s %s differs the second time", s.kind, s.role)
		}
		m := measure(t, data)
		if m.EdgeRatio < 0 || m.EdgeRatio > 0.1 || m.Colour != review.Yes {
			t.Errorf("%s %s: sharpness %.3f, colour %s", s.kind, s.role, m.EdgeRatio, m.Colour)
		}
	}
}

func TestEveryFaultShows(t *testing.T) {
	clean := measure(t, mustDraw(t, spec("YYZZ", review.Licence)))
	look := func(f Fault) review.Picture { return measure(t, mustDraw(t, spec("YYZZ", review.Licence, f))) }
	for f, ok := range map[Fault]func(review.Picture) bool{
		Blur:      func(p review.Picture) bool { return p.EdgeRatio > 0.13 || p.EdgeRatio < 0 },
		Soft:      func(p review.Picture) bool { return p.EdgeRatio > clean.EdgeRatio },
		Grey:      func(p review.Picture) bool { return p.Colour == review.No },
		Dark:      func(p review.Picture) bool { return p.BrightLuma < 100 },
		Glare:     func(p review.Picture) bool { return p.GlareShare > 0.01 },
		Tiny:      func(p review.Picture) bool { return p.Width < 800 },
		Rotate90:  func(p review.Picture) bool { return p.Height > p.Width },
		CutBorder: func(p review.Picture) bool { return p.Height < clean.Height },
		Screen:    func(p review.Picture) bool { return p.Moire > 4.5 },
		Typed:     func(p review.Picture) bool { return p.Typed != nil && p.Typed.Glyphs > 20 && p.Typed.Sharper > 1.06 },
		CutEmblem: func(p review.Picture) bool { return p.Height < clean.Height-100 && p.Height > clean.Height-250 },
	} {
		if p := look(f); !ok(p) {
			t.Errorf("%s: %+v", f, p)
		}
	}
	file := func(f Fault) review.File { return probe(mustDraw(t, spec("YYZZ", review.Licence, f))) }
	if f := file(TooSmall); f.Size >= 55_000 {
		t.Errorf("too small has %d bytes", f.Size)
	}
	if f := file(TooLarge); f.Size <= 1<<20 {
		t.Errorf("too large has %d bytes", f.Size)
	}
	if f := file(Truncated); f.Fault != review.FileTruncated {
		t.Errorf("truncated: %q", f.Fault)
	}
	if f := file(PNG); f.Magic != "png" {
		t.Errorf("PNG: %q", f.Magic)
	}
}

func TestIdentitiesCheck(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		if c := NumberedCode(rng.IntN(NumberedCodes)); len(credential.Validate(credential.USCC, c)) != 0 {
			t.Errorf("%s: %v", c, credential.Validate(credential.USCC, c))
		}
		if c := CreditCode(rng); len(credential.Validate(credential.USCC, c)) != 0 {
			t.Errorf("%s: %+v", c, credential.Validate(credential.USCC, c))
		}
		for kind, f := range map[review.CredentialType]credential.Format{"HZ": credential.PassportCN, "GAJMTX": credential.HKMacaoPermit, "TWJMTX": credential.TaiwanPermit,
			"WJLSFZ": credential.ForeignResident, "GAJZZ": credential.ResidencePermit, "TWJZZ": credential.ResidencePermit} {
			if n := PersonNumber(rng, kind); !credential.Valid(f, n) {
				t.Errorf("%s %s: %v", kind, n, credential.Validate(f, n))
			}
		}
		if n := OldLicence(rng); !credential.Valid(credential.Licence15, n) {
			t.Errorf("old licence %s", n)
		}
		if n := ResidentID(rng); len(credential.Validate(credential.ResidentID, n)) != 0 {
			t.Errorf("%s", n)
		}
	}
}

func TestAnUnknownSideIsRefused(t *testing.T) {
	if _, err := Draw(Spec{Type: "XX", Role: review.Licence}); err == nil {
		t.Error("drawn")
	}
}

func BenchmarkDraw(b *testing.B) {
	p := spec("YYZZ", review.Licence)
	for b.Loop() {
		mustDraw(b, p)
	}
}
