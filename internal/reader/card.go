package reader

import (
	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// The portrait side of an ID card has no title; the label of its number names it.
const cardLabel = "公民身份号码"

// cardByLabel finds an ID card by the label in front of the number that was
// found.
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
			return "SFZ", review.FieldReading{
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

// nameLevel is where the name is expected, as a share of the height of the
// picture.
func (s *sheet) nameLevel(t review.CredentialType, number *review.Box) float64 {
	height := float64(s.work.Rect.Dy())
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
