package intake

import (
	"strings"
	"unicode/utf8"

	"realname/internal/batch"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// The words that spreadsheets use for the holder and the language.
var (
	holderWords = map[string]review.HolderType{
		"individual": review.Individual, "person": review.Individual, "i": review.Individual, "个人": review.Individual, "自然人": review.Individual,
		"organisation": review.Organisation, "organization": review.Organisation, "company": review.Organisation, "e": review.Organisation, "o": review.Organisation,
		"企业": review.Organisation, "公司": review.Organisation, "机构": review.Organisation, "组织": review.Organisation, "单位": review.Organisation,
	}
	languageWords = map[string]string{"": "", "zh": "zh-CN", "zh-cn": "zh-CN", "中文": "zh-CN", "en": "en", "英文": "en", "english": "en"}
)

// The longest cells that are taken, in characters.
const (
	maxRef    = 255
	maxName   = 300
	maxNumber = 64
	maxMail   = 254
)

// parsed is a row in our words.
type parsed struct {
	subject, external, submission, reseller string
	declared                                review.Declared
	kind                                    rules.DocumentType
}

// parse reads a row's cells. What a review can find (a wrong number, a space in a
// name) passes; what cannot be reviewed at all is a fault of the row.
func (in *Intake) parse(b review.Batch, r batch.Row) (parsed, []review.RowFault) {
	profile, _ := in.Catalogue.Profile(b.Profile)
	f := faults{row: r.Number}
	trimmed := func(c batch.Column) string { return strings.TrimSpace(r.Cells[c]) }
	p := parsed{subject: trimmed(batch.SubjectRef), external: trimmed(batch.ExternalID), submission: trimmed(batch.SubmissionID), reseller: trimmed(batch.Reseller)}
	d := &p.declared
	d.Name, d.Number = r.Cells[batch.HolderName], r.Cells[batch.CredentialNo]
	d.Email, d.Country = trimmed(batch.Email), strings.ToUpper(trimmed(batch.Country))
	given := func(c batch.Column) bool { return trimmed(c) != "" } // that it must not be empty is said elsewhere
	var ok bool
	if p.kind, ok = in.Catalogue.TypeNamed(trimmed(batch.CredentialType), profile.Registrar); !ok && given(batch.CredentialType) {
		f.add(batch.CredentialType, "type_unknown", "没有这种证件类型，请填写类型代码（如 YYZZ、SFZ）或证件名称", "no such document type; write its code, such as YYZZ or SFZ, or its name")
	}
	d.CredentialType = p.kind.Code
	if d.HolderType, ok = holderWords[strings.ToLower(trimmed(batch.HolderType))]; !ok && given(batch.HolderType) {
		f.add(batch.HolderType, "holder_type_unknown", "请填写“个人”或“企业”", "write individual or organisation")
	}
	if d.Language, ok = languageWords[strings.ToLower(trimmed(batch.Language))]; !ok {
		f.add(batch.Language, "language_unknown", "请填写 zh-CN 或 en", "write zh-CN or en")
	}
	if d.Country != "" && len(d.Country) != 2 {
		f.add(batch.Country, "country_unknown", "请填写两位国家或地区代码，如 CN、HK", "write the two letters of the country or region, such as CN or HK")
	}
	in.dates(&f, r, d)
	for _, c := range []struct {
		column  batch.Column
		longest int
	}{{batch.SubjectRef, maxRef}, {batch.ExternalID, maxRef}, {batch.HolderName, maxName}, {batch.CredentialNo, maxNumber}, {batch.Email, maxMail}, {batch.Reseller, maxRef}} {
		if v := r.Cells[c.column]; utf8.RuneCountInString(v) > c.longest || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			f.add(c.column, "cell_long", "内容过长或含有无法识别的字符", "too long, or with characters that cannot be read")
		}
	}
	return p, f.list
}

func (in *Intake) dates(f *faults, r batch.Row, d *review.Declared) {
	var err error
	var long bool
	if d.IssueDate, long, err = text.ParseDate(spreadsheetDate(r.Cells[batch.IssueDate])); err != nil || long {
		f.add(batch.IssueDate, "date_unknown", "日期无法识别，请写成 2026-03-01", "not a date; write it as 2026-03-01")
	}
	if d.ExpiryDate, d.LongTerm, err = text.ParseDate(spreadsheetDate(r.Cells[batch.ExpiryDate])); err != nil {
		f.add(batch.ExpiryDate, "date_unknown", "日期无法识别，请写成 2026-03-01，长期有效写“长期”", "not a date; write it as 2026-03-01, or 长期 for no end")
	}
}

// faults gathers what is wrong with a row.
type faults struct {
	row  int
	list []review.RowFault
}

func (f *faults) add(c batch.Column, code, zh, en string) {
	f.list = append(f.list, review.RowFault{Row: f.row, Column: string(c), Code: code, ZH: zh, EN: en})
}
