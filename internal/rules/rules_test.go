package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"realname/internal/review"
)

var update = flag.Bool("update", false, "write docs/reasons.md anew")

func TestTheBuiltInRulesLoad(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Checks) < 60 || len(s.Types) < 30 || len(s.Details) < 70 {
		t.Errorf("%d checks, %d types, %d details", len(s.Checks), len(s.Types), len(s.Details))
	}
	again, err := Load()
	if err != nil || again.Version != s.Version || s.Version == "" {
		t.Errorf("version %q and %q", s.Version, again.Version)
	}
}

// Every text is rendered in both languages with real values, nothing unfilled.
func TestEveryTextRendersInBothLanguages(t *testing.T) {
	s := Default()
	for _, d := range s.Details {
		for _, l := range []Lang{Chinese, English} {
			m := s.Render(s.Example(d.Code), l)
			for name, text := range map[string]string{"title": m.Title, "explanation": m.Explanation, "remedy": m.Remedy} {
				if text == "" || strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") {
					t.Errorf("%s %s %s: %q", d.Code, l, name, text)
				}
			}
		}
	}
	for _, r := range s.Reasons {
		for _, l := range []Lang{Chinese, English} {
			if m := s.RenderReason(r.Code, l); m.Title == "" || m.Explanation == "" || m.Remedy == "" {
				t.Errorf("%s %s: %+v", r.Code, l, m)
			}
		}
	}
}

// The eight reasons of the help page each have a check that leads to them, and
// every detail belongs to exactly one check.
func TestTheCatalogueHangsTogether(t *testing.T) {
	s := Default()
	numbers := map[int]bool{}
	for _, r := range s.Listing() {
		numbers[r.Number] = true
		if r.Number > 0 && len(r.Checks) == 0 {
			t.Errorf("%s has no check", r.Code)
		}
	}
	for n := 1; n <= 8; n++ {
		if !numbers[n] {
			t.Errorf("reason %d is missing", n)
		}
	}
	owners := map[review.Detail]int{}
	for _, c := range s.Checks {
		for d := range c.Details {
			owners[d]++
		}
	}
	for _, d := range s.Details {
		if owners[d.Code] != 1 {
			t.Errorf("detail %s belongs to %d checks", d.Code, owners[d.Code])
		}
	}
}

func TestAFindingTakesStageReasonAndSeverityFromTheTable(t *testing.T) {
	s := Default()
	if f := s.Finding("NUM-05", "number_check_digit"); f.Stage != review.StageConsistency || f.Reason != review.CredentialTypeOrNumberInvalid || f.Severity != review.Fail {
		t.Errorf("%+v", f)
	}
	if f := s.Finding("NUM-05", "number_organisation_code"); f.Severity != review.Manual {
		t.Errorf("%+v", f)
	}
	if f := s.Finding("XXX-1", "nothing"); f.Severity != review.Manual {
		t.Errorf("what is not in the table must go to a person: %+v", f)
	}
}

func TestRegistrarCodesMapBothWays(t *testing.T) {
	s := Default()
	for _, c := range []struct {
		registrar, theirs string
		ours              review.CredentialType
	}{{"aliyun", "XYDM", "TYDM"}, {"tencent", "TYDMZ", "TYDM"}, {"aliyun_ati", "TYDM", "TYDM"}, {"tencent", "TXZ", "GAJMTX"}} {
		if got, ok := s.FromRegistrar(c.registrar, c.theirs); !ok || got != c.ours {
			t.Errorf("%s %s: %s", c.registrar, c.theirs, got)
		}
		if got, ok := s.ToRegistrar(c.registrar, c.ours); !ok || got != c.theirs {
			t.Errorf("%s %s: %s", c.registrar, c.ours, got)
		}
	}
	for _, typ := range s.Types {
		for registrar, code := range typ.Codes {
			if _, ok := s.FromRegistrar(registrar, code); !ok {
				t.Errorf("%s %s does not map back", registrar, code)
			}
		}
	}
	if _, ok := s.FromRegistrar("tencent", "NONE"); ok {
		t.Error("an unknown code was mapped")
	}
}

// A wrong rules file stops the start and says where it is wrong.
func TestAWrongRulesFileIsRefusedWithItsPlace(t *testing.T) {
	profile := func(rest string) string {
		return "profiles:\n  - name: mine\n    files: {min_bytes: 1, max_bytes: 10, extensions: [jpg]}\n" + rest
	}
	for rule, c := range map[string]struct{ yaml, want string }{
		"unknown key":       {"profiles:\n  - name: mine\n    colour: red\n", "[3:5]"},
		"unknown section":   {"\nprofils: []\n", "[2:1]"},
		"wrong kind":        {"limits:\n  max_pixels: many\n", "[2:"},
		"not YAML":          {"a: [", "[1:"},
		"max below min":     {"profiles:\n  - name: mine\n    files: {min_bytes: 20, max_bytes: 10, extensions: [jpg]}\n", "mine: files"},
		"limits in part":    {"limits:\n  max_pixels: 1\n", "limits: every limit"},
		"no ten-day rule":   {profile(""), "mine: age: min_days is missing"},
		"negative days":     {profile("    age: {min_days: -1}\n"), "must not be negative"},
		"unknown type":      {profile("    accepted: [NOPE]\n"), `"NOPE" is no document type`},
		"unknown reason":    {"checks:\n  - {id: FMT-01, stage: format, reason: nope, severity: fail, details: {file_empty: }}\n", `reason "nope"`},
		"unknown detail":    {"checks:\n  - {id: FMT-01, stage: format, reason: material_unclear, severity: fail, details: {nope: }}\n", `detail "nope"`},
		"unknown severity":  {"checks:\n  - {id: FMT-01, stage: format, reason: material_unclear, severity: maybe, details: {file_empty: }}\n", `severity "maybe"`},
		"one language":      {"reasons:\n  - {code: ext_mine, title: {zh: 甲}, explanation: {zh: 乙, en: b}, remedy: {zh: 丙, en: c}}\n", "missing in one language"},
		"loose placeholder": {"details:\n  - {code: mine, title: {zh: \"{x}\", en: b}, explanation: {zh: 乙, en: b}, remedy: {zh: 丙, en: c}}\n", "{x}"},
		"unknown format":    {"types:\n  - {code: MINE, holders: [individual], numbers: [nope], roles: [licence]}\n", `"nope" is no number format`},
	} {
		_, err := Load([]byte(c.yaml))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", rule, err, c.want)
		}
	}
}

func TestAnOverrideReplacesAndAdds(t *testing.T) {
	s, err := Load([]byte("profiles:\n  - name: default\n    files: {min_bytes: 1, max_bytes: 10, extensions: [jpg]}\n    age: {min_days: 10}\n  - name: mine\n    files: {min_bytes: 1, max_bytes: 10, extensions: [jpg]}\n    age: {min_days: 10}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := s.Profile("default")
	if _, ok := s.Profile("mine"); !ok || p.Files.MaxBytes != 10 || s.Version == Default().Version {
		t.Errorf("%+v, version %s", p, s.Version)
	}
}

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

func reasonsPage(s *Set) string {
	var b strings.Builder
	fmt.Fprintln(&b, "# Reasons · 失败原因\n\nGenerated from the rule set; do not edit. 由规则数据生成，请勿手工修改。")
	for _, r := range s.Listing() {
		fmt.Fprintf(&b, "\n## %s · %s\n\n`%s`", r.Title[Chinese], r.Title[English], r.Code)
		if r.Number > 0 {
			fmt.Fprintf(&b, " · help page no. %d: %s", r.Number, r.Heading)
		}
		fmt.Fprintf(&b, "\n\n%s<br>%s\n\n**%s**<br>**%s**\n", r.Explanation[Chinese], r.Explanation[English], r.Remedy[Chinese], r.Remedy[English])
		if len(r.Checks) > 0 {
			fmt.Fprint(&b, "\n| check | code | effect | example 示例 | remedy 改法 |\n|---|---|---|---|---|\n")
		}
		for _, c := range r.Checks {
			for _, d := range c.Details {
				fmt.Fprintf(&b, "| %s | `%s` | %s | %s<br>%s | %s<br>%s |\n", c.ID, d.Code, d.Severity, d.Example[Chinese], d.Example[English], d.Remedy[Chinese], d.Remedy[English])
			}
		}
	}
	return b.String()
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("profiles:\n  - name: mine\n"))
	f.Add([]byte("limits: {max_pixels: 1}"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) < 4096 {
			_, _ = Load(data) // must not panic
		}
	})
}
