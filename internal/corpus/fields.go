package corpus

import "realname/internal/review"

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
