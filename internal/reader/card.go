package reader

import (
	"strings"

	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// The portrait sides of ID cards and residence permits have no title; the label of
// their number names them, and where the number was given out tells them apart.
const cardLabel = "公民身份号码"

// cardOf is the type of a card with that label by its number.
func cardOf(number string) review.CredentialType {
	switch {
	case strings.HasPrefix(number, "810000"), strings.HasPrefix(number, "820000"):
		return "GAJZZ"
	case strings.HasPrefix(number, "830000"):
		return "TWJZZ"
	}
	return "SFZ"
}

// cardByLabel finds such a card by the label in front of the number that was found.
func (r *Reader) cardByLabel(s *sheet, number review.FieldReading) (review.CredentialType, review.FieldReading) {
	none := review.FieldReading{Verdict: review.Unreadable}
	if number.Box == nil || number.Means != "network" {
		return "", none
	}
	mid := (float64(number.Box.Y) + float64(number.Box.H)/2) / s.scale
	for _, l := range s.fine {
		if mid < float64(l.Y0) || mid > float64(l.Y1) || float64(l.X0)*s.scale > float64(number.Box.X) {
			continue
		}
		if !s.budget.spend(costHan) {
			return "", none
		}
		text := []rune(glyph.Text(readHan(r.chinese(s, s.hanStrip(l, 1, inkPlane)))))
		if n := inOrder(text, []rune(cardLabel)); n >= 4 {
			return cardOf(number.Read), review.FieldReading{
				Verdict: review.Confirmed, Read: cardLabel, Confidence: float64(n) / 6, Means: "network", Box: s.box(l.Box),
			}
		}
	}
	return "", none
}

// isCard reports whether a type is a card, on which the name is the first line.
func isCard(t review.CredentialType) bool {
	switch t {
	case "SFZ", "GAJZZ", "TWJZZ", "GAJMTX", "TWJMTX", "WJLSFZ":
		return true
	}
	return false
}

// titled reports whether the face of a card carries its title, above the name.
func titled(t review.CredentialType) bool { return t == "GAJMTX" || t == "TWJMTX" || t == "WJLSFZ" }

// nameLevel is where the name is expected, as a share of the height of the
// picture.
func (s *sheet) nameLevel(t review.CredentialType, number *review.Box) float64 {
	height := float64(s.work.Rect.Dy())
	if title := s.title.field.Box; title != nil && titled(t) {
		return float64(title.Y+title.H)/s.scale/height + 0.15
	}
	if isCard(t) {
		return firstLevel(s.lines, height)
	}
	if number != nil {
		return float64(number.Y+number.H)/s.scale/height + 0.07
	}
	return 0.4
}

// firstLevel is the level of the first line of print.
func firstLevel(lines []layout.Line, height float64) float64 {
	if len(lines) == 0 {
		return 0.2
	}
	return lines[0].MidY() / height
}
