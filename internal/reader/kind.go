package reader

import (
	"math"
	"strings"

	"realname/internal/credential"
	"realname/internal/reader/glyph"
	"realname/internal/review"
)

// kind is what is known of a number before it is looked for: its characters
// and, where there is one, its check digit.
type kind struct {
	alphabet string
	format   credential.Format // empty: no check digit
}

const (
	usccAlphabet  = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	idAlphabet    = "0123456789X"
	allCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// kindOf judges by the declared type, so that a number declared with slips is
// still looked for among its kind; without a type by the number's length.
func kindOf(d review.Declared) kind {
	switch d.CredentialType {
	case "SFZ", "GAJZZ", "TWJZZ":
		return kind{idAlphabet, credential.ResidentID}
	case "WJLSFZ":
		if checked(credential.ForeignResident, d.Number) {
			return kind{idAlphabet, credential.ForeignResident}
		}
		return kind{alphabet: allCharacters}
	case "GAJMTX":
		return kind{alphabet: "HM0123456789"}
	case "TWJMTX":
		return kind{alphabet: "0123456789"}
	case "HZ", "JGZ":
		return kind{alphabet: allCharacters}
	}
	n := len(d.Number)
	switch {
	case d.CredentialType == "" && checked(credential.ResidentID, d.Number):
		return kind{idAlphabet, credential.ResidentID}
	case n >= 16 && n <= 20 && strings.Trim(d.Number, allCharacters) == "":
		return kind{usccAlphabet, credential.USCC}
	}
	return kind{alphabet: allCharacters}
}

// numberLength is the length of the numbers that have a check digit here.
const numberLength = 18

// checked reports whether length, characters and check digit hold. The other
// parts of a number, such as its region, are no matter of reading.
func checked(f credential.Format, text string) bool {
	for _, fault := range credential.Validate(f, text) {
		switch fault.Kind {
		case credential.FaultLength, credential.FaultCharset, credential.FaultCheckDigit:
			return false
		}
	}
	return true
}

// valid reports whether a check digit proves the text to be a number of the kind.
func (k kind) valid(text string) bool {
	return k.format != "" && checked(k.format, text)
}

// Margins between the scores of two readings, in nats.
const (
	near      = 4.0 // a declared number this close to the best reading is what is printed
	surely    = 3.0 // and this much better than any other valid number
	guarded   = 6.0 // an invalid reading is not taken when a valid one is this close
	mostSlips = 3   // a reading that differs by more says nothing of the declared number
	minGlyph  = 0.5 // a contradiction needs each figure at least this probable
)

// compare judges the declared number against one reading of about its length.
func (k kind) compare(s *glyph.Scores, t []glyph.Glyph, want string) review.FieldReading {
	read := glyph.Text(t)
	if len(t) == 0 { // nothing legible on the line
		return review.FieldReading{Verdict: review.Unreadable, Means: "network"}
	}
	if distance(read, want) > mostSlips && !k.valid(read) {
		return review.FieldReading{Verdict: review.Unreadable, Read: read, Means: "network"}
	}
	from, to := t[0].Start-2, t[len(t)-1].End+2
	weakest := 1.0
	for _, g := range t {
		weakest = min(weakest, g.Probability)
	}
	out := review.FieldReading{Verdict: review.Unreadable, Read: read, Confidence: weakest, Means: "network"}
	best, declared := s.Score(read, from, to), s.Score(want, from, to)
	switch {
	case read == want && (k.format == "" || k.valid(want)):
		out.Verdict = review.Confirmed
	case read == want:
		// The document itself would carry a wrong check digit: believe it only
		// when no number with a right one explains the picture nearly as well.
		// Of another length it is a part of one, whose end lies beyond the strip.
		if whole(want) && k.rival(s, read, want, from, to) < best-guarded && weakest > 0.9 {
			out.Verdict = review.Confirmed
		}
	case k.valid(want) && !k.valid(read) && distance(read, want) <= 2 && declared > best-near &&
		declared > k.rival(s, read, want, from, to)+surely:
		out.Verdict, out.Read, out.Confidence = review.Confirmed, want, math.Exp((declared-best)/float64(len(want)))*max(weakest, 0.5)
	case k.valid(read) && weakest >= minGlyph && declared < best-near:
		out.Verdict = review.Contradicted
	}
	return out
}

// whole reports whether a number has a length that numbers with a check digit
// have, or the fifteen digits of those before them.
func whole(number string) bool { return len(number) == numberLength || len(number) == 15 }

// rival is the score of the best valid number other than the declared one that
// is one slip away from the reading.
func (k kind) rival(s *glyph.Scores, read, want string, from, to int) float64 {
	best := math.Inf(-1)
	try := func(text string) {
		if text != want && text != read && k.valid(text) {
			best = max(best, s.Score(text, from, to))
		}
	}
	for i := range len(read) + 1 {
		for _, c := range k.alphabet {
			switch {
			case len(read) < numberLength:
				try(read[:i] + string(c) + read[i:])
			case len(read) == numberLength && i < len(read):
				try(read[:i] + string(c) + read[i+1:])
			}
		}
		if len(read) > numberLength && i < len(read) {
			try(read[:i] + read[i+1:])
		}
	}
	return best
}

// distance is the number of substitutions, insertions and deletions between
// two texts, where both are short.
func distance[T string | []rune](a, b T) int {
	x, y := []rune(string(a)), []rune(string(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
