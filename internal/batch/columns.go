package batch

import (
	"slices"
	"strings"
)

// Column is one column of a manifest.
type Column string

// The columns; rules.md of the design names the first ones, registrars' own
// spreadsheets the rest.
const (
	ExternalID     Column = "external_id"
	SubmissionID   Column = "submission_id"
	SubjectRef     Column = "subject_ref"
	HolderType     Column = "holder_type"
	HolderName     Column = "holder_name"
	CredentialType Column = "credential_type"
	CredentialNo   Column = "credential_no"
	IssueDate      Column = "issue_date"
	ExpiryDate     Column = "expiry_date"
	Country        Column = "country"
	Email          Column = "email"
	Language       Column = "language"
	File           Column = "file"
	FileBack       Column = "file_back"
	SHA256         Column = "sha256"
	Reseller       Column = "reseller"
)

// headings maps what a heading may say, folded, to its column.
var headings = invert(map[Column][]string{
	ExternalID:     {"external_id", "id", "编号", "订单号", "外部编号"},
	SubmissionID:   {"submission_id", "受理编号"},
	SubjectRef:     {"subject_ref", "domain", "域名", "模板", "模板编号"},
	HolderType:     {"holder_type", "所有者类型", "持有人类型", "用户类型"},
	HolderName:     {"holder_name", "name", "所有者", "域名所有者", "所有者名称", "持有人", "名称", "姓名"},
	CredentialType: {"credential_type", "type", "证件类型"},
	CredentialNo:   {"credential_no", "credential_number", "number", "证件号码", "证件号", "号码"},
	IssueDate:      {"issue_date", "issued", "颁发日期", "发证日期", "签发日期"},
	ExpiryDate:     {"expiry_date", "expires", "有效期至", "到期日期", "有效期"},
	Country:        {"country", "国家", "国家或地区", "国籍"},
	Email:          {"email", "mail", "邮箱", "电子邮箱"},
	Language:       {"language", "lang", "语言", "通知语言"},
	File:           {"file", "image", "文件", "图片", "文件名", "证件图片"},
	FileBack:       {"file_back", "back", "背面", "背面图片", "国徽面", "国徽面图片"},
	SHA256:         {"sha256", "摘要"},
	Reseller:       {"reseller", "代理", "代理商", "代理商编号"},
})

func invert(names map[Column][]string) map[string]Column {
	m := map[string]Column{}
	for column, list := range names {
		for _, n := range list {
			m[n] = column
		}
	}
	return m
}

// required must be in every manifest.
var required = []Column{SubjectRef, HolderType, HolderName, CredentialType, CredentialNo}

// Required reports whether a new submission needs the column filled.
func Required(c Column) bool { return slices.Contains(required, c) }

// columnOf finds the column of a heading; case, spaces and a byte order mark do
// not matter.
func columnOf(heading string) (Column, bool) {
	folded := strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(heading, "\ufeff")), "_"))
	if c, ok := headings[folded]; ok {
		return c, true
	}
	c, ok := headings[strings.ReplaceAll(folded, "_", "")]
	return c, ok
}
