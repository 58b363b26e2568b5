package review

import "slices"

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
