package corpus

import (
	"fmt"

	"realname/internal/review"
)

// Leasts are the smallest shares that a run must reach, 0 to 1.
type Leasts struct {
	Clean float64 // of the faultless uploads approved
	Each  float64 // of the faults found: of each kind of document and of each fault
}

// Below lists what a report does not reach; empty when it holds.
func (r Report) Below(least Leasts) []string {
	var list []string
	check := func(what string, n Count, least float64) {
		if n.Share() < least {
			list = append(list, fmt.Sprintf("%s: %d of %d, at least %.1f%%", what, n.Met, n.All, 100*least))
		}
	}
	check("faultless", r.Clean, least.Clean)
	for _, table := range []map[string]Count{r.Kinds, r.Faults} {
		for _, k := range sorted(table) {
			check(k, table[k], least.Each)
		}
	}
	return list
}

// fields tells of the spoiled side of a faultless case what was read right.
func (r Result) fields() map[string]bool {
	if r.Case.Fault != "none" || len(r.Facts.Documents) == 0 || r.Facts.Documents[0].Reading == nil {
		return nil
	}
	got, d, side := r.Facts.Documents[0].Reading, r.Case.Declared, r.Case.Images[0]
	out := map[string]bool{"title": got.Type == r.Case.Kind}
	if side.Role != review.EmblemSide && side.Role != review.BackSide {
		out["number"], out["name"] = got.Number.Verdict == review.Confirmed, got.Name.Verdict == review.Confirmed
	}
	if prints(side) {
		out["issue date"] = got.Issued == d.IssueDate
		if side.Role != review.Licence {
			out["expiry date"] = got.Expires == d.ExpiryDate
		}
	}
	return out
}

// prints reports whether a side carries dates of issue and expiry.
func prints(i Image) bool {
	switch i.Spec.Type {
	case "SFZ", "GAJZZ", "TWJZZ":
		return i.Role != review.PortraitSide
	}
	return true
}
