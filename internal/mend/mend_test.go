package mend

import (
	"strings"
	"testing"

	"realname/internal/review"
)

func fail(detail review.Detail, check review.CheckID, field review.Field, declared, fix string) review.Finding {
	return review.Finding{Check: check, Detail: detail, Severity: review.Fail, Field: field, Declared: declared, Fix: fix}
}

func image(check review.CheckID, role review.Role) review.Finding {
	return review.Finding{Check: check, Detail: "blurred", Severity: review.Fail, Field: review.FieldDocument, Evidence: review.Evidence{Role: role}}
}

func TestTheLeastThatWouldPass(t *testing.T) {
	hold := review.Finding{Check: "AGE-01", Detail: "too_new", Severity: review.Hold, EligibleAt: "2027-03-03T00:00:00+08:00"}
	for rule, c := range map[string]struct {
		findings []review.Finding
		kinds    string // kind and safety, in order
		zh, en   string // of the first step
	}{
		"nothing is wrong":       {nil, "", "", ""},
		"a warning asks nothing": {[]review.Finding{{Detail: "soft", Severity: review.Warn, Evidence: review.Evidence{Role: review.Licence}}}, "", "", ""},
		"one slip of the number": {[]review.Finding{fail("number_check_digit", "NUM-03", review.FieldNumber, "91440300MA5EXAMPOC", "91440300MA5EXAMP0C")},
			"correct", "证件号码第 17 位的“O”改为“0”。", "In the number, replace “O” at position 17 by “0”."},
		"a space": {[]review.Finding{fail("name_space", "NAM-01", review.FieldName, "样本市 示例", "样本市示例")},
			"correct+", "名称第 4 位去掉空格。", "In the name, leave out the space at position 4."},
		"an invisible character": {[]review.Finding{fail("name_hidden", "NAM-01", review.FieldName, "样本\u200b市", "样本市")},
			"correct+", "名称第 3 位去掉不可见字符。", "In the name, leave out the invisible character at position 3."},
		"space and brackets are one correction": {[]review.Finding{fail("name_space", "NAM-01", review.FieldName, "样 本（市）", "样本（市）"), fail("name_bracket", "NAM-02", review.FieldName, "样 本（市）", "样 本(市)")},
			"correct+", "名称第 2 位去掉空格，第 4 位的“（”改为“(”，第 6 位的“）”改为“)”。", ""},
		"a typing slip beside what is not proved": {[]review.Finding{fail("name_space", "NAM-01", review.FieldName, "样 本", "样本"), fail("name_differs", "NAM-04", review.FieldName, "样 本", "")},
			"follow follow", "", ""},
		"many changes are not spelled out": {[]review.Finding{fail("number_is_serial", "NUM-08", review.FieldNumber, "12345678", "91440300MA5EXAMP0C")},
			"correct", "证件号码有多处需要更正，请照证件重新填写。", "Several characters of the number must be corrected; copy it from the document."},
		"two faults of one picture need one picture": {[]review.Finding{image("CLR-01", review.PortraitSide), image("FMT-04", review.PortraitSide), image("CLR-01", review.EmblemSide)},
			"send send", "请重新上传人像面图片。", "Send the picture of the portrait side again."},
		"a deferral": {[]review.Finding{hold}, "wait", "请等到 2027 年 3 月 3 日 00:00（北京时间），无需操作。", "Wait until 3 March 2027 00:00 (Beijing time); nothing needs to be done."},
		"a mismatch only the registrant can settle":    {[]review.Finding{{Check: "NUM-09", Detail: "number_differs", Severity: review.Fail, Field: review.FieldNumber}}, "follow", "", ""},
		"the history's reason asks for nothing itself": {[]review.Finding{{Check: "HIS-01", Detail: "third_refusal", Severity: review.Fail, Leads: true}}, "", "", ""},
	} {
		steps := Steps(review.Outcome{Findings: c.findings})
		var kinds []string
		for _, s := range steps {
			k := string(s.Kind)
			if s.Safe {
				k += "+"
			}
			kinds = append(kinds, k)
		}
		if got := strings.Join(kinds, " "); got != c.kinds {
			t.Errorf("%s: steps %q, want %q", rule, got, c.kinds)
			continue
		}
		if c.zh != "" && steps[0].Text.ZH != c.zh {
			t.Errorf("%s: %s", rule, steps[0].Text.ZH)
		}
		if c.en != "" && steps[0].Text.EN != c.en {
			t.Errorf("%s: %s", rule, steps[0].Text.EN)
		}
	}
}

func TestACorrectionIsAppliedToItsFieldAlone(t *testing.T) {
	d := review.Declared{Name: "样 本（市）", Number: "n"}
	o := review.Outcome{Findings: []review.Finding{fail("name_space", "NAM-01", review.FieldName, d.Name, "样本（市）"), fail("name_bracket", "NAM-02", review.FieldName, d.Name, "样 本(市)")}}
	got, field, ok := Apply(d, o, "name_bracket")
	if !ok || field != review.FieldName || got.Name != "样本(市)" || got.Number != "n" {
		t.Errorf("%+v %s %v", got, field, ok)
	}
	for _, detail := range []review.Detail{"number_space", "name_differs"} {
		if got, _, ok := Apply(d, o, detail); ok || got != d {
			t.Errorf("%s: %+v", detail, got)
		}
	}
}
