package batch

import (
	"regexp"
	"strings"

	"realname/internal/credential"
)

// scientific is a long number that a spreadsheet program turned into 9.144E+17:
// its last digits are lost and must not be guessed. Without + it must have a
// fraction, since some passports are a digit, an E and digits.
var scientific = regexp.MustCompile(`^\d(?:[.,]\d+)?[eE]\+\d{1,3}$|^\d[.,]\d+[eE]\d{1,3}$`)

// rounded is a number of 18 digits of which a spreadsheet program kept 15. An ID
// card's number may end so, too, but then its last digit checks.
var rounded = regexp.MustCompile(`^\d{15}000$`)

func lostDigits(number string) bool {
	n := strings.TrimSpace(number)
	return scientific.MatchString(n) || rounded.MatchString(n) && len(credential.Detect(n)) == 0
}

var sha256Hex = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// inspect finds what is wrong with a row before anything is looked up. What a
// review can say about a value (its format, its check digit) is not said here.
func inspect(r Row) []Problem {
	var list []Problem
	if r.Cells[SubmissionID] == "" {
		for _, c := range required {
			if strings.TrimSpace(r.Cells[c]) == "" {
				list = append(list, problem("cell_empty", "此列不能为空", "this cell must not be empty").at(r.Number, string(c)))
			}
		}
	}
	if lostDigits(r.Cells[CredentialNo]) {
		list = append(list, problem("number_lost_digits",
			"号码被表格软件当作数值处理，末尾数字已丢失；请把该列设为“文本”后重新填写完整号码",
			"the spreadsheet program took the number for a quantity and lost its last digits; format the column as text and enter the whole number again",
		).at(r.Number, string(CredentialNo)))
	}
	if s := strings.TrimSpace(r.Cells[SHA256]); s != "" && !sha256Hex.MatchString(s) {
		list = append(list, problem("sha256_form", "摘要应为 64 位十六进制字符", "the digest must be 64 hexadecimal characters").at(r.Number, string(SHA256)))
	}
	for _, c := range []Column{File, FileBack} {
		if name := strings.TrimSpace(r.Cells[c]); name != "" {
			if _, err := safeName(name); err != nil {
				list = append(list, problem("file_name_unsafe", "文件名不安全，只能是压缩包内的相对路径", "the file name must be a path inside the archive").at(r.Number, string(c)))
			}
		}
	}
	return list
}
