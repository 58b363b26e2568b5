package check

import (
	"realname/internal/review"
	"realname/internal/text"
)

// names are NAM-01, -02, -07 and -08: what can be said of the declared name by
// itself.
func names(s *subject) {
	if !s.known {
		return
	}
	name := s.Declared.Name
	han := text.HasHan(name)
	if s.kind.HanName && !han {
		s.add("NAM-07", "name_no_chinese", on(review.FieldName), values(name, ""))
	}
	if blanks := text.Spaces(name); len(blanks) > 0 && han { // Latin names have spaces
		s.add("NAM-01", "name_space", on(review.FieldName), values(name, ""), param("position", blanks[0]), fix(without(name, blanks)))
	}
	if hidden := text.Hidden(name); len(hidden) > 0 {
		s.add("NAM-01", "name_hidden", on(review.FieldName), values(name, ""), param("position", hidden[0]), fix(without(name, hidden)))
	}
	if wide := text.WideBrackets(name); len(wide) > 0 {
		s.add("NAM-02", "name_bracket", on(review.FieldName), values(name, ""), param("position", wide[0]), fix(text.FoldName(name)))
	}
	if dots := text.OddDots(name); len(dots) > 0 {
		s.add("NAM-08", "name_middle_dot", on(review.FieldName), values(name, ""), param("position", dots[0]), fix(text.FoldName(name)))
	}
	if rare := text.Rare(name); len(rare) > 0 {
		s.add("NAM-08", "name_rare_char", on(review.FieldName), values(name, ""), param("position", rare[0]))
	}
}

// without drops the characters at 1-based positions.
func without(s string, drop []int) string {
	gone := map[int]bool{}
	for _, p := range drop {
		gone[p] = true
	}
	var kept []rune
	for i, r := range []rune(s) {
		if !gone[i+1] {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
