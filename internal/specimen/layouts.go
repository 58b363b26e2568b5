package specimen

import (
	"fmt"
	"image/color"
	"slices"
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
	Form        Form // of types that come in several; the newest when empty
	Faults      []Fault
	Extension   string // of the file name; jpg when empty
	Face        int    // of the values: 0 Hei, 1 Song, 2 Kai
	Seed        uint64 // of the paper's grain
}

// Form is a form of a type that is printed in several.
type Form string

// The forms of business licences besides the landscape one of 2019.
const (
	Form2014 Form = "2014" // portrait
	FormOld  Form = "old"  // with a registration number, before the credit code
)

// layout draws one side of one kind of document.
type layout func(Spec) *sheet

// side names one side of one kind of document.
type side struct {
	kind review.CredentialType
	role review.Role
	form Form
}

var layouts = map[side]layout{
	{"YYZZ", review.Licence, ""}:        businessLicence,
	{"YYZZ", review.Licence, Form2014}:  portraitLicence,
	{"YYZZ", review.Licence, FormOld}:   oldLicence,
	{"TYDM", review.Licence, ""}:        codeCertificate,
	{"SYDWFR", review.Licence, ""}:      institution("事业单位法人证书", "样本市事业单位登记管理局"),
	{"SHTTFR", review.Licence, ""}:      institution("社会团体法人登记证书", "样本市民政局"),
	{"SFZ", review.PortraitSide, ""}:    portraitSide,
	{"SFZ", review.EmblemSide, ""}:      emblemSide,
	{"HZ", review.DataPage, ""}:         dataPage,
	{"GAJMTX", review.PortraitSide, ""}: permit("港澳居民来往内地通行证", "公安部出入境管理局"),
	{"TWJMTX", review.PortraitSide, ""}: permit("台湾居民来往大陆通行证", "公安部出入境管理局"),
	{"WJLSFZ", review.PortraitSide, ""}: foreignResident,
	{"GAJZZ", review.PortraitSide, ""}:  portraitSide,
	{"GAJZZ", review.BackSide, ""}:      residenceBack("港澳居民居住证"),
	{"TWJZZ", review.PortraitSide, ""}:  portraitSide,
	{"TWJZZ", review.BackSide, ""}:      residenceBack("台湾居民居住证"),
}

// Types lists the kinds, sides and forms that can be drawn.
func Types() []string {
	var list []string
	for s := range layouts {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", s.kind, s.role, s.form)))
	}
	slices.Sort(list)
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

// portraitLicence is the portrait form of 2014.
func portraitLicence(p Spec) *sheet {
	s := newSheet(p, 1240, 1754, color.RGBA{250, 248, 241, 255})
	s.frame(gold, 46)
	s.emblem(620, 200, 80)
	s.centred(s.fonts.serif, 92, 54, gold, 620, 420, "营业执照")
	s.centred(s.fonts.serif, 32, 8, gold, 620, 474, "(副本)样本 SPECIMEN")
	s.text(s.fonts.serif, 30, pale, 330, 560, "统一社会信用代码")
	s.text(s.fonts.sans, 32, ink, 590, 561, p.Printed.Number)
	for i, f := range [][2]string{
		{"名　　称", p.Printed.Name}, {"类　　型", "有限责任公司"}, {"住　　所", "样本市示例区虚构路1号"}, {"法定代表人", p.LegalPerson},
		{"注册资本", "壹佰万元整"}, {"成立日期", han(p.established())}, {"营业期限", p.term()}, {"经营范围", "样本的绘制与展示，不作任何证明之用"},
	} {
		s.text(s.fonts.serif, 32, pale, 150, 660+float64(i)*72, f[0])
		s.text(s.fonts.sans, 32, ink, 340, 660+float64(i)*72, f[1])
	}
	s.field(640, 1420, 34, "登记机关", "")
	s.text(s.fonts.sans, 36, ink, 700, 1560, han(p.Printed.IssueDate))
	s.seal(840, 1480, 130, "样本市工商行政管理局")
	return s
}

// oldLicence is the form with a registration number, which is no longer accepted.
func oldLicence(p Spec) *sheet {
	s := newSheet(p, 1754, 1240, color.RGBA{243, 246, 248, 255})
	s.frame(color.RGBA{96, 124, 118, 255}, 46)
	s.emblem(877, 160, 76)
	s.centred(s.fonts.serif, 78, 30, gold, 820, 340, "企业法人营业执照")
	s.text(s.fonts.serif, 32, gold, 1390, 340, "(副本)")
	s.text(s.fonts.serif, 28, pale, 250, 420, "样本 SPECIMEN")
	s.field(1050, 420, 32, "注册号", p.Printed.Number)
	for i, f := range [][2]string{
		{"名　　　称", p.Printed.Name}, {"企业类型", "有限责任公司"}, {"住　　　所", "样本市示例区虚构路1号"}, {"法定代表人", p.LegalPerson},
		{"成立日期", han(p.established())}, {"营业期限", p.term()},
	} {
		s.text(s.fonts.serif, 36, pale, 190, 510+float64(i)*76, f[0])
		s.text(s.fonts.sans, 36, ink, 420, 510+float64(i)*76, f[1])
	}
	s.field(980, 990, 34, "登记机关", "")
	s.text(s.fonts.sans, 36, ink, 1180, 1090, han(p.Printed.IssueDate))
	s.seal(1320, 1010, 120, "样本市工商行政管理局")
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
