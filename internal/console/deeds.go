package console

import (
	"slices"
	"strings"

	"realname/internal/review"
)

// Deed is what the audit trail says was done, in words. A deed without words keeps
// its name.
func (p page) Deed(action string) string { return p.named("audit_", action) }

// Told is what an event tells, in words.
func (p page) Told(event string) string { return p.named("told_", event) }

func (p page) named(family, name string) string {
	if key := family + strings.ReplaceAll(name, ".", "_"); known(key) {
		return p.T(key)
	}
	return name
}

// pair is one thing that the audit trail knows about a deed.
type pair struct{ Name, Value string }

// deedFamilies are the beginnings of the texts of values that have some.
var deedFamilies = map[string][]string{"purpose": {"purpose_", "erase_"}, "verdict": {"verdict_"}, "kind": {"deed_", "channel_"}}

// About is what the audit trail knows about a deed, in words where there are some.
func (p page) About(detail map[string]string) (list []pair) {
	for name, value := range detail {
		if name == "reason" {
			value = p.Reason(review.Reason(value))
		}
		for _, family := range deedFamilies[name] {
			if known(family + value) {
				value = p.T(family + value)
			}
		}
		list = append(list, pair{p.named("about_", name), value})
	}
	slices.SortFunc(list, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return list
}
