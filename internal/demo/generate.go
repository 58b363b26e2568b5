package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/specimen"
)

// sort is one of the ten kinds of item in a generated batch.
type sort struct {
	name   string
	want   review.Kind
	reason review.Reason
	edit   func(*Item, *rand.Rand)
}

// sorts are the kinds of item, a tenth of the batch each: two that pass and eight
// faults, every one with a number of its own.
var sorts = []sort{
	{"right", review.Approved, "", nil},
	{"soft", review.Approved, "", picture(specimen.Soft)},
	{"space", review.Rejected, review.ElectronicVerificationFailed, func(i *Item, _ *rand.Rand) {
		i.Declared.Name = "样本市 " + strings.TrimPrefix(i.Declared.Name, "样本市")
	}},
	{"brackets", review.Rejected, review.RegistrantInfoMismatch, func(i *Item, _ *rand.Rand) {
		plain := strings.TrimPrefix(i.Declared.Name, "样本市")
		i.Declared.Name, i.Specimen.Printed.Name = "样本（市）"+plain, "样本(市)"+plain
	}},
	{"slip", review.Rejected, review.CredentialTypeOrNumberInvalid, func(i *Item, _ *rand.Rand) {
		i.Declared.Number = i.Declared.Number[:1] + "I" + i.Declared.Number[2:] // a letter that no credit code has
	}},
	{"other", review.Rejected, review.RegistrantInfoMismatch, func(i *Item, rng *rand.Rand) {
		i.Specimen.Printed.Number = specimen.CreditCode(rng)
	}},
	{"blurred", review.Rejected, review.MaterialUnclear, picture(specimen.Blur)},
	{"grey", review.Rejected, review.MaterialUnqualified, picture(specimen.Grey)},
	{"new", review.Deferred, review.ElectronicVerificationFailed, nil},
	{"type", review.Rejected, review.CredentialTypeOrNumberInvalid, func(i *Item, _ *rand.Rand) { i.Declared.CredentialType = "TYDM" }},
}

func picture(f specimen.Fault) func(*Item, *rand.Rand) {
	return func(i *Item, _ *rand.Rand) { i.Specimen.Faults = []specimen.Fault{f} }
}

// Generate makes n items about business licences, each of another invented
// company, a tenth of them of each sort. The same n, seed and day give the same items.
func Generate(n int, seed uint64, now time.Time) []Item {
	rng := rand.New(rand.NewPCG(seed, 5000))
	today := review.DateOf(now)
	items := make([]Item, n)
	for i := range items {
		s := sorts[i%len(sorts)]
		d := review.Declared{HolderType: review.Organisation, Name: specimen.Company(rng), CredentialType: "YYZZ", Number: specimen.NumberedCode(i),
			IssueDate: today.AddDays(-400 - rng.IntN(2000)), LongTerm: true, Language: []string{"zh-CN", "en"}[i%2]}
		if s.name == "new" {
			d.IssueDate = today.AddDays(-rng.IntN(9))
		}
		item := Item{Name: fmt.Sprintf("%s-%05d", s.name, i), Declared: d, Want: s.want, Reason: s.reason, Reseller: fmt.Sprintf("代理-%d", i/len(sorts)%7)}
		item.Specimen = specimen.Spec{Type: "YYZZ", Role: review.Licence, Printed: d, LegalPerson: specimen.Person(rng), Seed: seed + uint64(i)}
		if s.edit != nil {
			s.edit(&item, rng)
		}
		items[i] = item
	}
	return items
}
