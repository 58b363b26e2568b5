package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"realname/internal/devstack"
	"realname/internal/review"
	"realname/internal/specimen"
)

// Item is one submission of the demo batch and what must become of it.
type Item struct {
	Name     string
	Declared review.Declared
	Specimen specimen.Spec
	Role     review.Role // of the upload; the specimen's when empty
	Reseller string      // through whom it came; may be empty
	Attempts int         // how often it is sent; once when 0
	Asked    bool        // whether the issuing body's word decides it
	Want     review.Kind
	Reason   review.Reason
}

// batch makes items one after another, each with its own invented holder.
type batch struct {
	today review.Date
	rng   *rand.Rand
	items []Item
}

// Items is the demo batch at the given time: an approval of each common kind, a
// deferral, a manual review, and every one of the eight reasons.
func Items(now time.Time) []Item {
	b := &batch{today: review.DateOf(now), rng: rand.New(rand.NewPCG(2026, 11))}
	b.approvals()
	b.typesAndNumbers()
	b.names()
	b.pictures()
	b.dates()
	b.authority()
	return b.items
}

// add appends an item about an organisation whose document is right, and lets
// the edit spoil it.
func (b *batch) add(name string, kind review.CredentialType, want review.Kind, reason review.Reason, edit func(*Item)) {
	d := review.Declared{
		HolderType: review.Organisation, Name: specimen.Company(b.rng), CredentialType: kind,
		Number: specimen.CreditCode(b.rng), IssueDate: b.today.AddDays(-900), LongTerm: true,
		Email: "holder@" + name + ".example", Language: []string{"zh-CN", "en"}[len(b.items)%2],
	}
	role := review.Licence
	if kind == "SFZ" {
		d.HolderType, d.Name, d.Number = review.Individual, specimen.Person(b.rng), specimen.ResidentID(b.rng)
		role = review.PortraitSide
	}
	item := Item{Name: name, Declared: d, Want: want, Reason: reason}
	item.Specimen = specimen.Spec{Type: kind, Role: role, Printed: d, LegalPerson: specimen.Person(b.rng), Seed: uint64(len(b.items))}
	if edit != nil {
		edit(&item)
	}
	b.items = append(b.items, item)
}

func (b *batch) approvals() {
	b.add("licence", "YYZZ", review.Approved, "", nil)
	b.add("code-certificate", "TYDM", review.Approved, "", nil)
	b.add("institution", "SYDWFR", review.Approved, "", nil)
	b.add("id-card", "SFZ", review.Approved, "", nil)
	b.add("upside-down", "YYZZ", review.Approved, "", faulty(specimen.Rotate180))
	b.add("slightly-soft", "YYZZ", review.Approved, "", faulty(specimen.Soft))
}

func (b *batch) typesAndNumbers() {
	b.add("wrong-type", "YYZZ", review.Rejected, review.CredentialTypeOrNumberInvalid, func(i *Item) { i.Declared.CredentialType = "TYDM" })
	b.add("one-digit-short", "YYZZ", review.Rejected, review.CredentialTypeOrNumberInvalid, func(i *Item) { i.Declared.Number = i.Declared.Number[:17] })
	b.add("letter-o-for-zero", "YYZZ", review.Rejected, review.CredentialTypeOrNumberInvalid, func(i *Item) { i.Declared.Number = strings.Replace(i.Declared.Number, "0", "O", 1) })
	b.add("another-number", "YYZZ", review.Rejected, review.RegistrantInfoMismatch, func(i *Item) { i.Declared.Number = specimen.CreditCode(b.rng) })
	b.add("copy-mark", "YYZZ", review.Rejected, review.RegistrantInfoMismatch, func(i *Item) { i.Declared.Number += "(1-1)" })
}

func (b *batch) names() {
	b.add("wide-brackets", "YYZZ", review.Rejected, review.RegistrantInfoMismatch, func(i *Item) {
		i.Declared.Name, i.Specimen.Printed.Name = "样本（市）示例科技有限公司", "样本(市)示例科技有限公司"
	})
	b.add("space-in-name", "YYZZ", review.Rejected, review.ElectronicVerificationFailed, func(i *Item) {
		i.Declared.Name = "样本市 " + strings.TrimPrefix(i.Declared.Name, "样本市")
	})
	b.add("rare-character", "SFZ", review.ManualReview, review.IdentityAuthorityMismatch, func(i *Item) { i.Declared.Name = "样\ue863" })
}

func (b *batch) pictures() {
	b.add("blurred", "YYZZ", review.Rejected, review.MaterialUnclear, faulty(specimen.Blur))
	b.add("name-hidden", "YYZZ", review.ManualReview, review.MaterialUnclear, faulty(specimen.Mosaic))
	b.add("emblem-side-only", "SFZ", review.Rejected, review.MaterialIncomplete, func(i *Item) {
		i.Specimen.Role = review.EmblemSide
		i.Specimen.Printed.ExpiryDate = b.today.AddDays(5000)
	})
	b.add("grey-copy", "YYZZ", review.Rejected, review.MaterialUnqualified, faulty(specimen.Grey))
	b.add("renamed-png", "YYZZ", review.Rejected, review.MaterialUnqualified, faulty(specimen.PNG))
	b.add("too-large", "YYZZ", review.Rejected, review.MaterialUnqualified, faulty(specimen.TooLarge))
	b.add("cut-off-file", "YYZZ", review.Rejected, review.MaterialUnqualified, faulty(specimen.Truncated))
	b.add("third-failure", "YYZZ", review.Rejected, review.RepeatedSubmissionFailed, func(i *Item) {
		i.Declared.Number = i.Declared.Number[:16]
		i.Attempts = 3
	})
}

func (b *batch) dates() {
	b.add("too-new", "YYZZ", review.Deferred, review.ElectronicVerificationFailed, issued(b.today.AddDays(-3)))
	b.add("ten-days-old", "YYZZ", review.Approved, "", issued(b.today.AddDays(-10)))
	b.add("expired", "YYZZ", review.Rejected, review.MaterialUnqualified, func(i *Item) {
		for _, d := range []*review.Declared{&i.Declared, &i.Specimen.Printed} {
			d.LongTerm, d.ExpiryDate = false, b.today.AddDays(-1)
		}
	})
}

// authority are what only the issuing body's word decides: each is about a test
// subject of the stand-in.
func (b *batch) authority() {
	b.add("not-the-holder", "SFZ", review.Rejected, review.IdentityAuthorityMismatch, subject("the name is another one's"))
	b.add("not-the-company", "YYZZ", review.Rejected, review.ElectronicVerificationFailed, subject("the name is another one's"))
	b.add("no-record", "SFZ", review.ManualReview, review.ElectronicVerificationFailed, subject("there is no record"))
	b.add("household-move", "SFZ", review.ManualReview, review.IdentityAuthorityMismatch, func(i *Item) {
		subject("there is no record during a household move")(i)
		i.Declared.HouseholdMove = true
	})
	b.add("licence-revoked", "YYZZ", review.Rejected, review.MaterialUnqualified, subject("licence revoked on 1 June 2025"))
	b.add("answered-later", "YYZZ", review.Approved, "", subject("not ready; matches two seconds later"))
}

// subject is about a test subject of the stand-in.
func subject(about string) func(*Item) {
	return func(i *Item) {
		i.Asked = true
		n := devstack.SubjectNumber(i.Declared.HolderType == review.Individual, about)
		i.Declared.Number, i.Specimen.Printed.Number = n, n
	}
}

func faulty(f specimen.Fault) func(*Item) {
	return func(i *Item) { i.Specimen.Faults = []specimen.Fault{f} }
}

func issued(d review.Date) func(*Item) {
	return func(i *Item) { i.Declared.IssueDate, i.Specimen.Printed.IssueDate = d, d }
}
