package review

import (
	"slices"
	"time"
)

// CarryOver completes the documents of a next attempt: an image whose role was
// not sent again is the one of this attempt, under a new id. A supplement is
// never carried over, since it explained what was sent then.
func (a Attempt) CarryOver(sent []Document, newID func(i int) string) []Document {
	list := slices.Clone(sent)
	for i, d := range a.Documents {
		again := slices.ContainsFunc(sent, func(x Document) bool { return x.Role == d.Role })
		if !again && d.Role != Supplement {
			d.ID = newID(i)
			list = append(list, d)
		}
	}
	return list
}

// justNow is how long the same data and images are not reviewed again: later the
// day may have changed what they mean.
const justNow = 24 * time.Hour

// RepeatedBy reports whether the next attempt only repeats this one, which was
// decided just now or is still open. One that was withdrawn or parked may come
// again as it was.
func (a Attempt) RepeatedBy(next Attempt, now time.Time) bool {
	if a.State == Withdrawn || a.State == Parked {
		return false
	}
	return a.SameAs(next) && (a.DecidedAt.IsZero() || now.Sub(a.DecidedAt) < justNow)
}

// SameAs reports whether another attempt declares the same and shows the same
// images, whatever their order.
func (a Attempt) SameAs(b Attempt) bool {
	if a.Declared != b.Declared || len(a.Documents) != len(b.Documents) {
		return false
	}
	return !slices.ContainsFunc(a.Documents, func(d Document) bool {
		return !slices.ContainsFunc(b.Documents, func(x Document) bool { return x.Role == d.Role && x.SHA256 == d.SHA256 })
	})
}
