package specimen

import (
	"fmt"
	"image/color"
	"strings"

	"realname/internal/review"
)

// Spec says what to draw.
type Spec struct {
	Type    review.CredentialType
	Role    review.Role
	Printed review.Declared // what the document prints
	// Established is printed on licences; zero is a year before the issue.
	Established review.Date
	LegalPerson string
	Faults      []Fault
	Extension   string // of the file name; jpg when empty
	Face        int    // of the values: 0 Hei, 1 Song, 2 Kai
	Seed        uint64 // of the paper's grain
}

// layout draws one side of one kind of document.
type layout func(Spec) *sheet

// side names one side of one kind of document.
type side struct {
	kind review.CredentialType
	role review.Role
}

var layouts = map[side]layout{
	{"YYZZ", review.Licence}:     businessLicence,
	{"TYDM", review.Licence}:     codeCertificate,
	{"SYDWFR", review.Licence}:   institution("事业单位法人证书", "样本市事业单位登记管理局"),
	{"SHTTFR", review.Licence}:   institution("社会团体法人登记证书", "样本市民政局"),
	{"SFZ", review.PortraitSide}: portraitSide,
	{"SFZ", review.EmblemSide}:   emblemSide,
}

// Types lists the kinds and sides that can be drawn.
func Types() []string {
	var list []string
	for s := range layouts {
		list = append(list, fmt.Sprintf("%s %s", s.kind, s.role))
	}
	return list
}

func han(d review.Date) string {
	return fmt.Sprintf("%d年%02d月%02d日", d.Year, int(d.Month), d.Day)
}

// businessLicence is the landscape form of 2019.
func businessLicence(p Spec) *sheet {
	s := newSheet(p, 1754, 1240, color.RGBA{250, 247, 238, 255})
	s.frame(gold, 46)
	s.emblem(877, 170, 76)
	s.centred(s.fonts.serif, 92, 60, gold, 877, 372, "营业执照")
	s.centred(s.fonts.serif, 34, 10, gold, 877, 424, "(副本)样本 SPECIMEN")
	s.text(s.fonts.serif, 30, pale, 150, 300, "统一社会信用代码")
	s.text(s.fonts.sans, 34, ink, 150, 350, p.Printed.Number)
	s.field(150, 520, 32, "名　　称", p.Printed.Name)
	s.field(150, 590, 32, "类　　型", "有限责任公司")
	s.field(150, 660, 32, "法定代表人", p.LegalPerson)
	s.field(150, 730, 32, "经营范围", "样本的绘制与展示，不作任何证明之用")
	s.field(980, 520, 32, "注册资本", "壹佰万元整")
	s.field(980, 590, 32, "成立日期", han(p.established()))
	s.field(980, 660, 32, "营业期限", p.term())
	s.field(980, 730, 32, "住　　所", "样本市示例区虚构路1号")
	s.field(980, 1000, 34, "登记机关", "")
	s.text(s.fonts.sans, 36, ink, 1200, 1090, han(p.Printed.IssueDate))
	s.seal(1330, 1010, 130, "样本市市场监督管理局")
	return s
}

// codeCertificate is the certificate that carries nothing but a credit code.
func codeCertificate(p Spec) *sheet {
	s := newSheet(p, 1754, 1240, color.RGBA{246, 249, 250, 255})
	s.frame(color.RGBA{60, 110, 150, 255}, 46)
	s.centred(s.fonts.serif, 76, 26, red, 877, 260, "统一社会信用代码证书")
	s.centred(s.fonts.serif, 30, 6, pale, 877, 310, "样本 SPECIMEN")
	s.field(240, 450, 36, "统一社会信用代码", p.Printed.Number)
	s.field(240, 540, 36, "机构名称", p.Printed.Name)
	s.field(240, 630, 36, "机构性质", "机关")
	s.field(240, 720, 36, "机构地址", "样本市示例区虚构路2号")
	s.field(240, 810, 36, "负责人", p.LegalPerson)
	s.field(900, 960, 34, "赋码机关", "")
	s.text(s.fonts.sans, 36, ink, 1130, 1080, han(p.Printed.IssueDate))
	s.seal(1270, 990, 130, "样本市机构编制委员会办公室")
	return s
}

// institution is the common form of certificates for legal persons.
func institution(title, authority string) layout {
	return func(p Spec) *sheet {
		s := newSheet(p, 1754, 1240, color.RGBA{251, 248, 240, 255})
		s.frame(gold, 46)
		s.emblem(877, 170, 70)
		s.centred(s.fonts.serif, 72, 22, red, 877, 350, title)
		s.centred(s.fonts.serif, 28, 6, pale, 877, 396, "样本 SPECIMEN")
		s.field(200, 500, 34, "统一社会信用代码", p.Printed.Number)
		s.field(200, 580, 34, "名　　称", p.Printed.Name)
		s.field(200, 660, 34, "法定代表人", p.LegalPerson)
		s.field(200, 740, 34, "住　　所", "样本市示例区虚构路3号")
		s.field(200, 820, 34, "有效期", p.term())
		s.field(940, 960, 34, "发证机关", "")
		s.text(s.fonts.sans, 36, ink, 1160, 1080, han(p.Printed.IssueDate))
		s.seal(1290, 990, 130, authority)
		return s
	}
}

// portraitSide is the side of the ID card with face and number.
func portraitSide(p Spec) *sheet {
	s := newSheet(p, 1284, 810, color.RGBA{232, 241, 246, 255})
	s.SetColor(color.RGBA{226, 236, 243, 255}) // as faint as the printed pattern of real cards
	for i := range 40 {
		s.DrawCircle(642, 405, float64(i)*24)
		s.SetLineWidth(1)
		s.Stroke()
	}
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
	s.SetColor(color.RGBA{150, 160, 170, 255}) // a silhouette, nobody's face
	s.DrawEllipse(1030, 270, 90, 115)
	s.Fill()
	s.DrawEllipse(1030, 560, 160, 170)
	s.Fill()
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

func (p Spec) established() review.Date {
	if p.Established.IsZero() {
		return p.Printed.IssueDate.AddDays(-400)
	}
	return p.Established
}

func (p Spec) term() string {
	if p.Printed.ExpiryDate.IsZero() {
		return "长期"
	}
	return han(p.Printed.IssueDate) + "至" + han(p.Printed.ExpiryDate)
}

func (p Spec) validity() string {
	dotted := func(d review.Date) string { return fmt.Sprintf("%d.%02d.%02d", d.Year, int(d.Month), d.Day) }
	if p.Printed.ExpiryDate.IsZero() {
		return dotted(p.Printed.IssueDate) + "-长期"
	}
	return dotted(p.Printed.IssueDate) + "-" + dotted(p.Printed.ExpiryDate)
}
