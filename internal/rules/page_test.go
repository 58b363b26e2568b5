package rules

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"realname/internal/review"
)

var update = flag.Bool("update", false, "write docs/reasons.md anew")

// docs/reasons.md is generated: go test ./internal/rules -update.
func TestTheReasonsPageIsUpToDate(t *testing.T) {
	const path = "../../docs/reasons.md"
	want := reasonsPage(Default())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/reasons.md is not up to date (%v): go test ./internal/rules -update", err)
	}
}

var effects = map[review.Severity]string{
	review.Fail: "退回 rejects", review.Hold: "暂缓 waits", review.Manual: "人工 person", review.Warn: "提醒 warns",
}

func reasonsPage(s *Set) string {
	var b strings.Builder
	fmt.Fprint(&b, `# Reasons · 失败原因

Generated from the rule set (`+"`internal/rules/data`"+`); do not edit. 由规则数据生成，请勿手工修改。

A review tells every finding at once. The primary reason is the first of these that applies, since that must be repaired
first; reason 4 leads once attempts keep failing. 一次审核会列出全部问题；主要原因按下列修复顺序取第一个，连续多次失败时以第 4 项为先。

`)
	listing := s.Listing()
	for i, code := range s.Precedence {
		if r := listing[slices.IndexFunc(listing, func(l Listing) bool { return l.Code == code })]; r.Number > 0 {
			fmt.Fprintf(&b, "%d. %s · %s (reason %d 第 %d 项)\n", i+1, r.Title[Chinese], r.Title[English], r.Number, r.Number)
		}
	}
	for _, r := range listing {
		reasonSection(&b, r)
	}
	return b.String()
}

func reasonSection(b *strings.Builder, r Listing) {
	fmt.Fprintf(b, "\n## %s · %s\n\n", r.Title[Chinese], r.Title[English])
	if r.Number > 0 {
		fmt.Fprintf(b, "`%s`, reason %d of the help page 帮助页第 %d 项：“%s”\n", r.Code, r.Number, r.Number, r.Heading)
	} else {
		fmt.Fprintf(b, "`%s`, an extension 扩展原因\n", r.Code)
	}
	for _, x := range []struct {
		head string
		text map[Lang]string
	}{{"说明 What it means", r.Explanation}, {"处理 What to do", r.Remedy}, {"客服 For staff", r.Operations}} {
		fmt.Fprintf(b, "\n**%s.** %s<br>%s\n", x.head, x.text[Chinese], x.text[English])
	}
	if len(r.Checks) > 0 {
		fmt.Fprint(b, "\n| 检查 check | 代码 code | 结果 effect | 示例 example | 处理 what to do |\n|---|---|---|---|---|\n")
	}
	for _, c := range r.Checks {
		for _, d := range c.Details {
			fmt.Fprintf(b, "| %s %s<br>%s | `%s` | %s | %s<br>%s | %s<br>%s |\n", c.ID, c.Title[Chinese], c.Title[English], d.Code, effects[d.Severity],
				cell(d.Example[Chinese]), cell(d.Example[English]), cell(d.Remedy[Chinese]), cell(d.Remedy[English]))
		}
	}
	conflicts(b, r.Checks)
}

// conflicts tells where sources contradict each other.
func conflicts(b *strings.Builder, checks []ListedCheck) {
	head := "\nWhere sources differ, and our ruling 各来源说法不一之处：\n\n"
	for _, c := range checks {
		if c.Conflict != "" {
			fmt.Fprintf(b, "%s* %s: %s (source: %s)\n", head, c.ID, c.Conflict, c.Source)
			head = ""
		}
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
