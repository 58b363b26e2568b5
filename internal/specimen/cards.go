package specimen

import (
	"fmt"
	"image/color"
	"strings"
)

// portraitSide is the side of the ID card, or of a residence permit, with face and
// number. It has no title.
func portraitSide(p Spec) *sheet {
	s := newSheet(p, 1284, 810, color.RGBA{232, 241, 246, 255})
	s.pattern(color.RGBA{226, 236, 243, 255})
	s.field(90, 150, 40, "姓名", p.Printed.Name)
	s.field(90, 240, 36, "性别", "女　民族 汉")
	n := p.Printed.Number
	if len(n) == 18 {
		s.field(90, 330, 36, "出生", fmt.Sprintf("%s年%s月%s日", n[6:10], strings.TrimLeft(n[10:12], "0"), strings.TrimLeft(n[12:14], "0")))
	}
	s.field(90, 430, 36, "住址", "样本市示例区虚构路4号")
	s.text(s.fonts.serif, 26, pale, 90, 560, "样本 SPECIMEN")
	s.text(s.fonts.serif, 38, pale, 90, 700, "公民身份号码")
	s.text(s.fonts.sans, 46, ink, 400, 704, n)
	s.silhouette(1030, 270, 90)
	return s
}

// emblemSide is the side of the ID card with emblem and validity.
func emblemSide(p Spec) *sheet {
	s := newSheet(p, 1284, 810, color.RGBA{238, 240, 244, 255})
	s.emblem(190, 190, 110)
	s.centred(s.fonts.serif, 52, 14, ink, 780, 170, "样本共和国")
	s.centred(s.fonts.serif, 84, 36, ink, 780, 300, "居民身份证")
	s.text(s.fonts.serif, 26, pale, 90, 420, "样本 SPECIMEN")
	s.field(330, 620, 38, "签发机关", "样本市公安局示例分局")
	s.field(330, 710, 38, "有效期限", p.validity())
	return s
}

// residenceBack is the side of a residence permit with emblem, title and validity.
func residenceBack(title string) layout {
	return func(p Spec) *sheet {
		s := newSheet(p, 1284, 810, color.RGBA{236, 243, 240, 255})
		s.emblem(190, 190, 110)
		s.centred(s.fonts.serif, 52, 14, ink, 780, 170, "样本共和国")
		s.centred(s.fonts.serif, 76, 26, ink, 780, 300, title)
		s.text(s.fonts.serif, 26, pale, 90, 420, "样本 SPECIMEN")
		s.field(330, 540, 36, "签发机关", "样本市公安局示例分局")
		s.field(330, 620, 36, "有效期限", p.validity())
		s.field(330, 700, 36, "签发次数", "1")
		return s
	}
}

// permit is the face side of a travel permit: its labels stand above their values.
func permit(title, authority string) layout {
	return func(p Spec) *sheet {
		s := newSheet(p, 1284, 810, color.RGBA{233, 240, 232, 255})
		s.pattern(color.RGBA{227, 235, 227, 255})
		s.emblem(120, 110, 62)
		s.centred(s.fonts.serif, 56, 14, ink, 720, 130, title)
		s.text(s.fonts.serif, 24, pale, 230, 180, "样本 SPECIMEN")
		s.silhouette(210, 380, 90)
		s.above(430, 230, "姓名", 44, p.Printed.Name)
		s.text(s.fonts.latin, 26, ink, 430, 322, "SPECIMEN, YANGBEN")
		s.above(430, 362, "出生日期", 36, "1905.03.07")
		s.above(800, 362, "性别", 36, "女")
		s.above(430, 472, "有效期限", 36, p.validity())
		s.above(430, 582, "签发机关", 34, authority)
		s.above(430, 690, "证件号码", 42, p.Printed.Number)
		s.above(900, 690, "换证次数", 36, "01")
		return s
	}
}

// foreignResident is the face side of the permanent resident's card of 2023.
func foreignResident(p Spec) *sheet {
	s := newSheet(p, 1284, 810, color.RGBA{240, 238, 230, 255})
	s.pattern(color.RGBA{235, 232, 223, 255})
	s.centred(s.fonts.serif, 50, 12, ink, 642, 92, "外国人永久居留身份证")
	s.text(s.fonts.latin, 24, pale, 350, 130, "FOREIGN PERMANENT RESIDENT ID CARD")
	s.text(s.fonts.serif, 24, pale, 930, 170, "样本 SPECIMEN")
	s.field(80, 220, 34, "姓名", "")
	s.text(s.fonts.sans, 42, ink, 80, 272, p.Printed.Name)
	s.above(80, 320, "性别", 34, "女 F")
	s.above(360, 320, "出生日期", 34, "1905.03.07")
	s.above(80, 420, "国籍", 34, "样本国 SPM")
	s.above(80, 520, "有效期限", 34, p.validity())
	s.above(80, 620, "签发机关", 34, "样本移民管理局")
	s.text(s.fonts.serif, 34, pale, 80, 752, "证件号码")
	s.text(s.fonts.sans, 46, ink, 260, 756, p.Printed.Number)
	s.silhouette(1060, 330, 88)
	return s
}

// pattern is as faint as what is printed under the text of real cards.
func (s *sheet) pattern(c color.Color) {
	s.SetColor(c)
	for i := range 40 {
		s.DrawCircle(642, 405, float64(i)*24)
		s.SetLineWidth(1)
		s.Stroke()
	}
}

// silhouette is nobody's face.
func (s *sheet) silhouette(x, y, r float64) {
	s.SetColor(color.RGBA{150, 160, 170, 255})
	s.DrawEllipse(x, y, r, r*1.28)
	s.Fill()
	s.DrawEllipse(x, y+r*3.2, r*1.75, r*1.9)
	s.Fill()
}

// above writes a small label and its value below it.
func (s *sheet) above(x, y float64, label string, size float64, value string) {
	s.text(s.fonts.serif, 24, pale, x, y, label)
	s.text(s.fonts.sans, size, ink, x, y+size+10, value)
}
