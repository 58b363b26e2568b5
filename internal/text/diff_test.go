package text

import (
	"slices"
	"testing"
)

func TestEveryClassOfDifferenceIsNamed(t *testing.T) {
	cases := []struct {
		rule, declared, read string
		want                 []Difference
	}{
		{"equal", "样本公司", "样本公司", nil},
		{"space", "样本 公司", "样本公司", []Difference{{Space, 3, 0, " ", ""}}},
		{"zero width", "样本\u200b公司", "样本公司", []Difference{{HiddenCh, 3, 0, "\u200b", ""}}},
		{"bracket", "样本（北京）", "样本(北京)", []Difference{{Bracket, 3, 3, "（", "("}, {Bracket, 6, 6, "）", ")"}}},
		{"width", "样本Ａ", "样本A", []Difference{{Width, 3, 3, "Ａ", "A"}}},
		{"case", "样本a", "样本A", []Difference{{LatinCase, 3, 3, "a", "A"}}},
		{"similar shape", "末来科技", "未来科技", []Difference{{Shape, 1, 1, "末", "未"}}},
		{"same sound", "鑫样本", "新样本", []Difference{{Sound, 1, 1, "鑫", "新"}}},
		{"traditional", "樣本", "样本", []Difference{{Script, 1, 1, "樣", "样"}}},
		{"variant", "裏院", "裡院", []Difference{{VariantCh, 1, 1, "裏", "裡"}}},
		{"private use", "张\ue000", "张喆", []Difference{{Private, 2, 2, "\ue000", "喆"}}},
		{"missing", "样本科技公司", "样本科技有限公司", []Difference{{Missing, 0, 5, "", "有"}, {Missing, 0, 6, "", "限"}}},
		{"extra", "样本科技有限公司", "样本科技公司", []Difference{{Extra, 5, 0, "有", ""}, {Extra, 6, 0, "限", ""}}},
		{"other", "样本甲", "样本龟", []Difference{{Other, 3, 3, "甲", "龟"}}},
		{"look-alike digit", "9144B", "91448", []Difference{{Shape, 5, 5, "B", "8"}}},
	}
	for _, c := range cases {
		if got := Diff(c.declared, c.read); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.rule, got, c.want)
		}
	}
}

func TestFoldingIsSafe(t *testing.T) {
	for in, want := range map[string]string{
		"样本（北京）有限公司": "样本(北京)有限公司", "ＡＢＣ１": "ABC1", "阿卜杜•样本": "阿卜杜·样本",
		"①样本": "①样本", "樣本": "樣本", "样 本": "样 本", "样本。": "样本。",
	} {
		if got := FoldName(in); got != want {
			t.Errorf("FoldName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{" ９１４４ 0300x\u200b": "91440300X", "1234—5": "1234-5"} {
		if got := FoldNumber(in); got != want {
			t.Errorf("FoldNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPositionsCountCharacters(t *testing.T) {
	if got := Spaces("样 本\u3000x\u00a0"); !slices.Equal(got, []int{2, 4, 6}) {
		t.Errorf("spaces %v", got)
	}
	if got := Hidden("a\u202eb\u200d\x00"); !slices.Equal(got, []int{2, 4, 5}) {
		t.Errorf("hidden %v", got)
	}
	if got := WideBrackets("a（b）["); !slices.Equal(got, []int{2, 4}) {
		t.Errorf("brackets %v", got)
	}
	if got := FullWidth("1２３"); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("full width %v", got)
	}
	if got := Rare("张\ue000\U00020000"); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("rare %v", got)
	}
}

func TestCopyMarksAreSplitOff(t *testing.T) {
	for in, want := range map[string]string{
		"SPECIMEN12(1-1)": "SPECIMEN12", "SPECIMEN12（副本1-1）": "SPECIMEN12", "SPECIMEN12（副本）": "SPECIMEN12",
		"SPECIMEN12 1-1": "SPECIMEN12", "SPECIMEN12副本2-1": "SPECIMEN12", "91440300MA5EXAMPL11-1": "91440300MA5EXAMPL1",
	} {
		if got, found := CopyMark(in); !found || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, found, want)
		}
	}
	for _, in := range []string{"91440300MA5EXAMPL1", "12345678-9", "", "(1-1)", "123456-1"} {
		if got, found := CopyMark(in); found {
			t.Errorf("%q was split to %q", in, got)
		}
	}
}

// The drawn table knows the pairs that everybody confuses.
func TestKnownLookAlikesAreFound(t *testing.T) {
	for _, p := range []string{"未末", "己已", "土士", "日目", "千干", "睛晴", "申甲", "戌戍", "侯候"} {
		r := []rune(p)
		if !Similar(r[0], r[1]) {
			t.Errorf("%s are not alike", p)
		}
	}
	for _, p := range []string{"公司", "张王", "一龟"} {
		r := []rune(p)
		if Similar(r[0], r[1]) {
			t.Errorf("%s are alike", p)
		}
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("样本（北京）", "样本(北京)")
	f.Add("", "a")
	f.Add("\xff", "\u202e")
	f.Fuzz(func(t *testing.T, a, b string) {
		list := Diff(a, b)
		if (len(list) == 0) != (string([]rune(a)) == string([]rune(b))) && a != b {
			t.Errorf("%q %q: %v", a, b, list)
		}
		if FoldName(FoldName(a)) != FoldName(a) || FoldNumber(FoldNumber(a)) != FoldNumber(a) {
			t.Errorf("folding %q twice differs", a)
		}
		CopyMark(a)
		Mask(a)
	})
}

func BenchmarkDiff(b *testing.B) {
	for b.Loop() {
		Diff("样本市示例科技有限公司（北京）", "样本市示列科技有限公司(北京)")
	}
}
