// Package corpus is the project's own measure of a whole review: drawn documents
// of every kind, with every fault and in every face, each with what the review
// must say of it. It draws and counts; it knows no rule. Real photos are measured
// by package eval, since a drawn page is easier than a photo.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	Name     string // kind, fault and number
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
	role   review.Role   // that is spoiled
	others []review.Role // that are sent with it
}

var subjects = []subject{
	{"YYZZ", review.Licence, nil}, {"TYDM", review.Licence, nil}, {"SYDWFR", review.Licence, nil}, {"SHTTFR", review.Licence, nil},
	{"SFZ", review.PortraitSide, nil}, {"SFZ", review.EmblemSide, []review.Role{review.PortraitSide}},
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
			for _, f := range faults {
				if f.only == nil || f.only(s) {
					list = append(list, newCase(s, f, round, seed, now))
				}
			}
		}
	}
	return list[:n]
}

func newCase(s subject, f fault, round int, seed uint64, now time.Time) Case {
	name := fmt.Sprintf("%s-%s-%s-%d", s.kind, s.role, f.name, round)
	rng := rand.New(rand.NewPCG(seed, hash(name)))
	today := review.DateOf(now)
	d := review.Declared{HolderType: review.Organisation, Name: specimen.Company(rng), CredentialType: s.kind,
		Number: specimen.NumberedCode(rng.IntN(specimen.NumberedCodes)), IssueDate: today.AddDays(-100 - rng.IntN(2000)), LongTerm: true}
	if s.kind == "SFZ" {
		d.HolderType, d.Name, d.Number = review.Individual, specimen.Person(rng), specimen.ResidentID(rng)
		d.LongTerm, d.ExpiryDate = false, today.AddDays(1000+rng.IntN(3000))
	}
	c := Case{Name: name, Kind: s.kind, Fault: f.name, Declared: d, Details: f.details, today: today}
	for i, role := range append([]review.Role{s.role}, s.others...) {
		spec := specimen.Spec{Type: s.kind, Role: role, Printed: d, LegalPerson: specimen.Person(rng), Face: round, Seed: rng.Uint64()}
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
