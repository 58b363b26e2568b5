// Package corpus is the project's own measure of a whole review: drawn documents
// of every kind, with every fault and in every face, each with what the review
// must say of it. It draws and counts; it knows no rule. Real photos are measured
// by package eval, since a drawn page is easier than a photo.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/specimen"
)

// Image is one picture of a case.
type Image struct {
	Role review.Role
	Spec specimen.Spec
}

// Case is one upload and what must be said of it.
type Case struct {
	Name     string // subject, fault and number
	Subject  string // kind, side and form
	Kind     review.CredentialType
	Fault    string // what was spoiled; "none" for nothing
	Declared review.Declared
	Images   []Image
	// Details are the details of which one must be found, whatever its severity;
	// empty means that the review must approve.
	Details []review.Detail

	today review.Date
}

// subject is a document that a case can be about.
type subject struct {
	kind   review.CredentialType
	role   review.Role // that is spoiled
	form   specimen.Form
	others []review.Role // that are sent with it
}

var face = []review.Role{review.PortraitSide}

var subjects = []subject{
	{kind: "YYZZ", role: review.Licence}, {kind: "YYZZ", role: review.Licence, form: specimen.Form2014}, {kind: "YYZZ", role: review.Licence, form: specimen.FormOld},
	{kind: "TYDM", role: review.Licence}, {kind: "SYDWFR", role: review.Licence}, {kind: "SHTTFR", role: review.Licence},
	{kind: "SFZ", role: review.PortraitSide}, {kind: "SFZ", role: review.EmblemSide, others: face},
	{kind: "HZ", role: review.DataPage}, {kind: "GAJMTX", role: review.PortraitSide}, {kind: "TWJMTX", role: review.PortraitSide}, {kind: "WJLSFZ", role: review.PortraitSide},
	{kind: "GAJZZ", role: review.PortraitSide}, {kind: "GAJZZ", role: review.BackSide, others: face},
	{kind: "TWJZZ", role: review.PortraitSide}, {kind: "TWJZZ", role: review.BackSide, others: face},
}

// organisation reports whether the document is one of an organisation.
func (s subject) organisation() bool { return s.role == review.Licence }

// name is how reports call it.
func (s subject) name() string {
	return strings.TrimSuffix(fmt.Sprintf("%s-%s-%s", s.kind, s.role, s.form), "-")
}

// fault is one way in which an upload is spoiled.
type fault struct {
	name    string
	picture specimen.Fault
	edit    func(*Case, *rand.Rand)
	details []review.Detail
	only    func(subject) bool
}

// Cases makes n cases, every subject with every fault in turn. The same n, seed
// and day give the same cases.
func Cases(n int, seed uint64, now time.Time) []Case {
	var list []Case
	for round := 0; len(list) < n; round++ {
		for _, s := range subjects {
			for i, f := range faults {
				if f.only == nil || f.only(s) {
					list = append(list, newCase(s, f, round, round+i, seed, now))
				}
			}
		}
	}
	return list[:n]
}

// Round is how many cases there are before subjects and faults come again.
func Round() int {
	n := 0
	for _, s := range subjects {
		for _, f := range faults {
			if f.only == nil || f.only(s) {
				n++
			}
		}
	}
	return n
}

func newCase(s subject, f fault, round, face int, seed uint64, now time.Time) Case {
	name := fmt.Sprintf("%s-%s-%d", s.name(), f.name, round)
	rng := rand.New(rand.NewPCG(seed, hash(name)))
	today := review.DateOf(now)
	c := Case{Name: name, Subject: s.name(), Kind: s.kind, Fault: f.name, Declared: declared(s, rng, today), Details: f.details, today: today}
	if s.form == specimen.FormOld && len(c.Details) == 0 {
		c.Details = details("number_15_digit") // whatever its picture is like
	}
	if !s.organisation() {
		face %= 2 // no card is printed in Kai
	}
	for i, role := range append([]review.Role{s.role}, s.others...) {
		spec := specimen.Spec{Type: s.kind, Role: role, Form: s.form, Printed: c.Declared, LegalPerson: specimen.Person(rng), Face: face, Seed: rng.Uint64()}
		if i == 0 && f.picture != "" {
			spec.Faults = []specimen.Fault{f.picture}
		}
		c.Images = append(c.Images, Image{role, spec})
	}
	if f.edit != nil {
		f.edit(&c, rng)
	}
	return c
}

// declared makes a holder of the document.
func declared(s subject, rng *rand.Rand, today review.Date) review.Declared {
	d := review.Declared{HolderType: review.Organisation, Name: specimen.Company(rng), CredentialType: s.kind,
		Number: specimen.NumberedCode(rng.IntN(specimen.NumberedCodes)), IssueDate: today.AddDays(-100 - rng.IntN(2000)), LongTerm: true}
	switch {
	case s.form == specimen.FormOld:
		d.Number = specimen.OldLicence(rng)
	case !s.organisation():
		d.HolderType, d.Name, d.Number = review.Individual, specimen.Person(rng), specimen.PersonNumber(rng, s.kind)
		d.LongTerm, d.ExpiryDate = false, today.AddDays(1000+rng.IntN(3000))
		if s.kind == "HZ" {
			d.ExpiryDate = review.DateOf(d.IssueDate.Start().AddDate(10, 0, -1))
		}
		d.Country = map[review.CredentialType]string{"GAJMTX": "HK", "GAJZZ": "HK", "TWJMTX": "TW", "TWJZZ": "TW", "WJLSFZ": "SG"}[s.kind]
	}
	return d
}

// hash is FNV-1a: cases must not depend on their order.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(s) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// Met reports whether an outcome says what the case asks for.
func (c Case) Met(o review.Outcome) bool {
	if len(c.Details) == 0 {
		return o.Kind == review.Approved
	}
	return slices.ContainsFunc(o.Findings, func(f review.Finding) bool { return slices.Contains(c.Details, f.Detail) })
}
