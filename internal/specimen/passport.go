package specimen

import (
	"errors"
	"fmt"
	"image/color"
	"strings"

	"golang.org/x/image/font/opentype"

	"realname/internal/credential"
	"realname/internal/review"
)

// birth is when every holder of a drawn passport was born: nobody lives that long.
var birth = review.Date{Year: 1905, Month: 3, Day: 7}

// dataPage is the page of a passport with face, dates and machine-readable lines.
func dataPage(p Spec) *sheet {
	s := newSheet(p, 1480, 1040, color.RGBA{243, 228, 224, 255})
	s.pattern(color.RGBA{237, 221, 217, 255})
	s.text(s.fonts.serif, 60, ink, 90, 110, "护照")
	s.text(s.fonts.latin, 34, ink, 90, 152, "PASSPORT")
	s.centred(s.fonts.serif, 48, 18, ink, 760, 110, "样本共和国")
	s.text(s.fonts.serif, 24, pale, 560, 152, "样本 SPECIMEN")
	s.silhouette(250, 330, 92)
	s.above(480, 200, "类型/Type", 34, "P")
	s.above(660, 200, "国家码/Country code", 34, "SPM")
	s.above(1050, 200, "护照号/Passport No.", 40, p.Printed.Number)
	s.above(480, 300, "姓名/Name", 42, p.Printed.Name)
	s.text(s.fonts.latin, 28, ink, 480, 388, "SPECIMEN, YANGBEN")
	s.above(480, 430, "性别/Sex", 32, "女/F")
	s.above(760, 430, "国籍/Nationality", 32, "样本/SPECIMEN")
	s.above(1100, 430, "出生日期/Date of birth", 32, visual(birth))
	s.above(480, 520, "出生地点/Place of birth", 32, "样本/YANGBEN")
	s.above(1100, 520, "签发日期/Date of issue", 32, visual(p.Printed.IssueDate))
	s.above(480, 610, "签发地点/Place of issue", 32, "样本/YANGBEN")
	s.above(1100, 610, "有效期至/Date of expiry", 32, visual(p.Printed.ExpiryDate))
	s.above(480, 700, "签发机关/Authority", 30, "样本出入境管理局")
	s.machineLine(70, 880, pad("P<SPMSPECIMEN<<YANGBEN"))
	s.machineLine(70, 960, secondLine(p.Printed))
	return s
}

// visual is a date as passports print it.
func visual(d review.Date) string {
	return fmt.Sprintf("%02d %d月/%s %d", d.Day, int(d.Month), strings.ToUpper(d.Month.String()[:3]), d.Year)
}

// pad fills a machine-readable line.
func pad(text string) string { return text + strings.Repeat("<", 44-len(text)) }

// secondLine is the second machine-readable line of a passport (ICAO 9303 part 4).
func secondLine(d review.Declared) string {
	checked := func(field string) string { return field + string(credential.MRZCheck(field)) }
	six := func(d review.Date) string { return fmt.Sprintf("%02d%02d%02d", d.Year%100, int(d.Month), d.Day) }
	number := (d.Number + strings.Repeat("<", 9))[:9]
	line := checked(number) + "SPM" + checked(six(birth)) + "F" + checked(six(d.ExpiryDate)) + checked(strings.Repeat("<", 14))
	return line + string(credential.MRZCheck(line[:10]+line[13:20]+line[21:]))
}

// machineLine writes a machine-readable line in OCR-B, from edge to edge.
func (s *sheet) machineLine(x, y float64, text string) {
	f, err := ocrb()
	if err != nil {
		s.err = errors.Join(s.err, err)
		return
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 43, DPI: 72})
	if err != nil {
		s.err = fmt.Errorf("open font OCR-B: %w", err)
		return
	}
	const pitch = 30.5
	s.SetFontFace(face)
	s.SetColor(ink)
	for i, c := range text {
		s.DrawString(string(c), x+float64(i)*pitch, y)
	}
}
