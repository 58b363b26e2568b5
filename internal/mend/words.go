package mend

import (
	"fmt"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// maxShown is how many characters of a value are named: more would tell the
// whole of it.
const maxShown = 3

var fields = map[review.Field]rules.Text{
	review.FieldName:   {ZH: "名称", EN: "the name"},
	review.FieldNumber: {ZH: "证件号码", EN: "the number"},
}

var roles = map[review.Role]rules.Text{
	review.Licence:      {ZH: "证件图片", EN: "the picture of the document"},
	review.PortraitSide: {ZH: "人像面图片", EN: "the picture of the portrait side"},
	review.EmblemSide:   {ZH: "国徽面图片", EN: "the picture of the emblem side"},
	review.DataPage:     {ZH: "护照资料页图片", EN: "the picture of the data page"},
	review.BackSide:     {ZH: "证件背面图片", EN: "the picture of the back"},
	review.Supplement:   {ZH: "补充材料图片", EN: "the picture of the supplement"},
}

// words say a step in a sentence.
func words(s Step) rules.Text {
	switch s.Kind {
	case Send:
		return rules.Text{ZH: "请重新上传" + roles[s.Role].ZH + "。", EN: "Send " + roles[s.Role].EN + " again."}
	case Wait:
		return until(s.Until)
	case Correct:
		return correction(s)
	}
	return rules.Text{}
}

func until(instant string) rules.Text {
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return rules.Text{ZH: "请等待，无需操作。", EN: "Wait; nothing needs to be done."}
	}
	at = at.In(review.Shanghai)
	return rules.Text{
		ZH: fmt.Sprintf("请等到 %d 年 %d 月 %d 日 %s（北京时间），无需操作。", at.Year(), at.Month(), at.Day(), at.Format("15:04")),
		EN: fmt.Sprintf("Wait until %s (Beijing time); nothing needs to be done.", at.Format("2 January 2006 15:04"))}
}

func correction(s Step) rules.Text {
	field := fields[s.Field]
	if n := len(s.Differences); n == 0 || n > maxShown {
		return rules.Text{ZH: field.ZH + "有多处需要更正，请照证件重新填写。", EN: "Several characters of " + field.EN + " must be corrected; copy it from the document."}
	}
	var zh, en []string
	for _, d := range s.Differences {
		z, e := change(d)
		zh, en = append(zh, z), append(en, e)
	}
	return rules.Text{ZH: field.ZH + strings.Join(zh, "，") + "。", EN: "In " + field.EN + ", " + strings.Join(en, ", ") + "."}
}

// change says one difference; positions are those of what was declared.
func change(d text.Difference) (zh, en string) {
	switch {
	case d.Read == "":
		return fmt.Sprintf("第 %d 位去掉%s", d.DeclaredPos, shown(d.Declared, "“", "”", rules.Chinese)), fmt.Sprintf("leave out %s at position %d", shown(d.Declared, "“", "”", rules.English), d.DeclaredPos)
	case d.Declared == "":
		return fmt.Sprintf("更正后第 %d 位补上“%s”", d.ReadPos, d.Read), fmt.Sprintf("add “%s” as position %d", d.Read, d.ReadPos)
	}
	return fmt.Sprintf("第 %d 位的%s改为“%s”", d.DeclaredPos, shown(d.Declared, "“", "”", rules.Chinese), d.Read),
		fmt.Sprintf("replace %s at position %d by “%s”", shown(d.Declared, "“", "”", rules.English), d.DeclaredPos, d.Read)
}

// shown names a character that cannot be seen.
func shown(c, open, end string, l rules.Lang) string {
	switch {
	case strings.TrimSpace(c) == "" && c != "":
		return rules.Text{ZH: "空格", EN: "the space"}.In(l)
	case text.MeantName("样"+c) == "样":
		return rules.Text{ZH: "不可见字符", EN: "the invisible character"}.In(l)
	}
	return open + c + end
}
