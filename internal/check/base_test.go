package check

import (
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// The specimens of these tests: valid by every check digit, of nobody.
const (
	creditCode = "91440300MA5EXAMP0C"
	otherCode  = "91100000MA5EXAMP08"
	residentNo = "11010519491231002X"
	orgName    = "样本市示例科技有限公司"
)

// now is noon in Shanghai on 23 November 2026.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

func day(y int, m time.Month, d int) review.Date { return review.Date{Year: y, Month: m, Day: d} }

// licence are the facts of a licence that passes everything.
func licence() review.Facts {
	return review.Facts{
		Now: now, Images: true,
		Declared: review.Declared{
			HolderType: review.Organisation, Name: orgName, CredentialType: "YYZZ", Number: creditCode,
			IssueDate: day(2020, 3, 1), LongTerm: true,
		},
		Documents: []review.DocumentFacts{{
			Role:    review.Licence,
			File:    review.File{Extension: "jpg", Size: 300_000, SHA256: "aa", Magic: "jpeg", Width: 1600, Height: 1200, Colours: 3},
			Picture: goodPicture(),
			Reading: &review.Reading{
				Type: "YYZZ", Title: review.FieldReading{Verdict: review.Confirmed, Read: "营业执照"},
				Name:   review.FieldReading{Verdict: review.Confirmed, Read: orgName},
				Number: review.FieldReading{Verdict: review.Confirmed, Read: creditCode},
				Issued: day(2020, 3, 1), Established: day(2019, 5, 1), LongTerm: true,
			},
		}},
		History: review.History{Attempt: 1},
	}
}

// idCard are the facts of an ID card whose portrait side passes.
func idCard() review.Facts {
	f := licence()
	f.Declared = review.Declared{HolderType: review.Individual, Name: "样本甲", CredentialType: "SFZ", Number: residentNo, ExpiryDate: day(2040, 1, 1)}
	d := &f.Documents[0]
	d.Role = review.PortraitSide
	d.Reading = &review.Reading{Type: "SFZ", Name: review.FieldReading{Verdict: review.Confirmed, Read: "样本甲"},
		Number: review.FieldReading{Verdict: review.Confirmed, Read: residentNo}}
	return f
}

func goodPicture() *review.Picture {
	return &review.Picture{Width: 1600, Height: 1200, EdgeRatio: 0.05, MeanLuma: 190, DarkLuma: 60, BrightLuma: 240,
		LightRatio: 1.2, Chroma: 12, Colour: review.Yes, Emblem: review.Yes, Seal: review.Yes, Sides: -1}
}

func defaultProfile() rules.Profile {
	p, _ := rules.Default().Profile("default")
	return p
}

// change returns facts with an edit made to a deep enough copy.
func change(f review.Facts, edit func(*review.Facts)) review.Facts {
	docs := make([]review.DocumentFacts, len(f.Documents))
	for i, d := range f.Documents {
		if d.Picture != nil {
			p := *d.Picture
			d.Picture = &p
		}
		if d.Reading != nil {
			r := *d.Reading
			d.Reading = &r
		}
		docs[i] = d
	}
	f.Documents = docs
	edit(&f)
	return f
}
