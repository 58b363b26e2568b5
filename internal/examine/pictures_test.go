package examine

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"realname/internal/check"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
)

// page is a side that prints dates, and what else it prints of two holders.
type page struct {
	kind review.CredentialType
	role review.Role
}

var holders = [2]struct{ name, number, head string }{
	{"样本市金丝雀示例科技有限公司", "91440300MA5EXAMP0C", "样本丁"},
	{"样本市百灵鸟陈列贸易有限公司", "91110000600037341L", "样本戊"},
}

func draw(t *testing.T, p page, holder int, faults ...specimen.Fault) (review.Declared, []byte) {
	t.Helper()
	h := holders[holder]
	d := review.Declared{HolderType: review.Organisation, Name: h.name, CredentialType: p.kind, Number: h.number,
		IssueDate: review.Date{Year: 2021, Month: 3, Day: 14}, ExpiryDate: review.Date{Year: 2024, Month: 3, Day: 14}}
	if p.kind == "SFZ" {
		d.HolderType, d.Name, d.Number = review.Individual, h.head, []string{"110101199003072316", "440301198512120024"}[holder]
	}
	data, err := specimen.Draw(specimen.Spec{Type: p.kind, Role: p.role, Printed: d, LegalPerson: h.head, Faults: faults, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return d, data
}

// Rule: a picture in a mail looks the same whoever the document is about, so that it
// tells nothing of them. Each is compared with the same place on the same document of
// another holder; a place that does tell, the number, shows that the comparison sees it.
func TestPicturesInMailsAreTheSameForEveryHolder(t *testing.T) {
	e, pictures := newExaminer(t), map[string]int{}
	for p, faults := range map[page][]specimen.Fault{ // what stands for all others: each costs seconds
		{"YYZZ", review.Licence}: {specimen.Rotate90}, {"SHTTFR", review.Licence}: {specimen.Tilt}, {"TYDM", review.Licence}: nil, {"SFZ", review.EmblemSide}: nil,
	} {
		d, data := draw(t, p, 0, faults...)
		_, other := draw(t, p, 1, faults...)
		doc, err := e.Examine(t.Context(), d, review.Document{Role: p.role, Extension: "jpg"}, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range datesFound(d, doc) {
			if !e.Cutter().May(f.Finding, f.facts) {
				continue
			}
			pictures[string(p.kind)+" "+string(f.Detail)]++
			if n := differs(t, e, f.Evidence, data, other); n > 24 {
				t.Errorf("%s %s: the picture of %s differs by %d between holders", p.kind, p.role, f.Detail, n)
			}
		}
		at := review.Evidence{Role: p.role, Box: doc.Reading.Number.Box, Width: doc.Picture.Width, Height: doc.Picture.Height, Rotation: doc.Picture.Rotation}
		if at.Box == nil || p.role != review.Licence {
			continue
		}
		if n := differs(t, e, at, data, other); n < 80 {
			t.Errorf("%s: the numbers of two holders differ by %d only", p.kind, n)
		}
	}
	for _, want := range []string{"YYZZ date_clash", "YYZZ expired_by_reading", "TYDM date_clash", "SHTTFR date_clash", "SFZ expired_by_reading"} {
		if pictures[want] == 0 {
			t.Errorf("no picture of %s, only %v", want, pictures)
		}
	}
}

// found is a finding with the facts that it was made from.
type found struct {
	review.Finding
	facts review.Facts
}

// datesFound are the findings of a page whose holder declared other dates than it
// prints, on the day after its issue and five years later.
func datesFound(d review.Declared, doc review.DocumentFacts) (all []found) {
	d.IssueDate, d.ExpiryDate = review.Date{Year: 2020, Month: 1, Day: 2}, review.Date{Year: 2030, Month: 1, Day: 2}
	profile, _ := rules.Default().Profile("default")
	for _, year := range []int{2021, 2026} {
		facts := review.Facts{Now: time.Date(year, 3, 15, 12, 0, 0, 0, review.Shanghai), Declared: d, Documents: []review.DocumentFacts{doc}, Images: true}
		for _, f := range check.All(facts, rules.Default(), profile) {
			all = append(all, found{f, facts})
		}
	}
	return all
}

// differs is the largest difference between two documents at the same place, of means
// over 4 by 4 pixels: a JPEG's noise is below it and a stroke of print is above.
func differs(t *testing.T, e *Examiner, at review.Evidence, data, other []byte) int {
	t.Helper()
	var cut [2]*image.Gray
	for i, file := range [][]byte{data, other} {
		picture, err := e.Cutter().Crop(t.Context(), file, at)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		cut[i] = image.NewGray(m.Bounds())
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				cut[i].Set(x, y, m.At(x, y))
			}
		}
	}
	most := 0
	for y := 0; y+4 <= cut[0].Rect.Dy(); y += 4 {
		for x := 0; x+4 <= cut[0].Rect.Dx(); x += 4 {
			sum := 0
			for i := range 16 {
				sum += int(cut[0].GrayAt(x+i%4, y+i/4).Y) - int(cut[1].GrayAt(x+i%4, y+i/4).Y)
			}
			most = max(most, sum/16, -sum/16)
		}
	}
	return most
}
