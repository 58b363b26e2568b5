package reader

import (
	"testing"

	"realname/internal/reader/glyph"
)

// line makes glyphs of a text, a space for a gap as wide as a character.
func line(text string) []glyph.Glyph {
	var out []glyph.Glyph
	at := 0
	for _, c := range text {
		if c != ' ' {
			out = append(out, glyph.Glyph{Char: c, Probability: 0.99, Start: at + 1, End: at + 3})
		}
		at += 4
	}
	return out
}

func TestLayFindsTheNameAndWholeGuardsIt(t *testing.T) {
	const name = "样本科技有限公司"
	for _, c := range []struct {
		line, part string
		apart      int
		whole      bool
	}{
		{"样本科技有限公司", name, 0, true},
		{"名 称 样本科技有限公司", name, 0, true},
		{"名称样本科技有限公司", name, 0, true},
		{"名称：样本科技有限公司。", name, 0, true},
		{"样本科技有限公司  注册资本", name, 0, true},     // another column
		{"新样本科技有限公司", name, 0, false},         // one more in front
		{"样本科技有限公司上海分公司", name, 0, false},     // a branch
		{"名称样木科技有限公司", "样木科技有限公司", 1, true},   // look-alike
		{"名称样科技有限公司", "样科技有限公司", 1, true},     // one left out
		{"名称样本本科技有限公司", "样本本科技有限公司", 1, true}, // one doubled
		{"名称本样科技有限公司", "样科技有限公司", 1, false},   // swapped
	} {
		m := lay(line(c.line), []rune(name))
		if m.apart != c.apart || m.text() != c.part || m.whole(nil) != c.whole {
			t.Errorf("%s: %q, %d apart, whole %v", c.line, m.text(), m.apart, m.whole(nil))
		}
	}
	if m := lay(nil, []rune(name)); m.apart != len([]rune(name)) || m.whole(nil) {
		t.Errorf("an empty line: %d apart", m.apart)
	}
}

func TestHoldsNeedsTheSameLength(t *testing.T) {
	want := []rune("样本科技")
	if m := lay(plain("样木科技"), want); m.holds(1, want) || !m.holds(0, want) {
		t.Error("the read character was not compared")
	}
	if m := lay(plain("样科技"), want); m.holds(0, want) {
		t.Error("a read of another length gave an opinion")
	}
}

func TestMatchTitle(t *testing.T) {
	titles := []TypeTitle{
		{"YYZZ", []string{"营业执照"}},
		{"TYDM", []string{"统一社会信用代码证书"}},
		{"SYDWFR", []string{"事业单位法人证书"}},
	}
	for _, c := range []struct {
		text string
		code string
	}{
		{"营业执照", "YYZZ"}, {"营业执昭", "YYZZ"}, {"中华人民共和国事业单位法人证书", "SYDWFR"}, {"统一社会信用代码证书", "TYDM"},
	} {
		if code, _, share := matchTitle(c.text, titles); string(code) != c.code || share < titleShare {
			t.Errorf("%s: %s with %.2f", c.text, code, share)
		}
	}
	for _, text := range []string{"统一社会信用代码", "执行公告", "毕业证书", ""} {
		if code, _, share := matchTitle(text, titles); share >= titleShare {
			t.Errorf("%q passed as %s with %.2f", text, code, share)
		}
	}
}
