package register

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"realname/internal/text"
)

// candidates bounds what one key of a near lookup brings, and nearest what is shown
// of it.
const (
	candidates = 200
	nearest    = 20
)

// Lookup lists the names that are, or are nearly, the given one, the nearest first.
func Lookup(ctx context.Context, s Store, name string) ([]Found, error) {
	list, err := s.ByKeys(ctx, Near(name), candidates)
	if err != nil {
		return nil, err
	}
	asked := []rune(text.FoldName(name))
	far := make(map[string]int, len(list))
	for _, f := range list {
		if _, known := far[f.Name]; !known {
			far[f.Name] = distance(asked, []rune(text.FoldName(f.Name)))
		}
	}
	former := func(f Found) int {
		if f.Former {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b Found) int {
		return cmp.Or(far[a.Name]-far[b.Name], former(a)-former(b), strings.Compare(a.Code, b.Code), strings.Compare(a.Name, b.Name), strings.Compare(a.Status, b.Status))
	})
	list = slices.Compact(list)
	return list[:min(len(list), nearest)], nil
}

// distance orders names: 0 for the same one, 1 when one character is a form, a
// look-alike or a sound-alike of another, then by how much lies between them.
func distance(a, b []rune) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 0 && len(b) == 0:
		return 0
	case len(a) == 1 && len(b) == 1 && alike(a[0], b[0]):
		return 1
	}
	return 1 + max(len(a), len(b))
}

func alike(a, b rune) bool {
	return text.Similar(a, b) || text.TradSimp(a, b) || text.Variant(a, b) || sound(a) == sound(b)
}
