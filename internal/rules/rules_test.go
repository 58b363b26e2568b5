package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"realname/internal/review"
)

func TestTheBuiltInRulesLoad(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Checks) < 60 || len(s.Types) < 36 || len(s.Details) < 80 || len(s.Profiles) < 3 {
		t.Errorf("%d checks, %d types, %d details, %d profiles", len(s.Checks), len(s.Types), len(s.Details), len(s.Profiles))
	}
	again, err := Load()
	if err != nil || again.Version != s.Version || !strings.HasPrefix(s.Version, release+"-") {
		t.Errorf("versions %q and %q, %v", s.Version, again.Version, err)
	}
}

// printed are details whose texts quote Chinese words in English, too.
var printed = []review.Detail{"watermark", "name_abbreviated"}

// Every text is rendered in both languages with real values, nothing unfilled
// and nothing in the other language.
func TestEveryTextRendersInBothLanguages(t *testing.T) {
	s := Default()
	for _, d := range s.Details {
		for _, l := range []Lang{Chinese, English} {
			m := s.Render(s.Example(d.Code), l)
			rendered(t, string(d.Code)+" "+string(l), m, l == English && !slices.Contains(printed, d.Code))
		}
	}
	for _, r := range s.Reasons {
		for _, l := range []Lang{Chinese, English} {
			rendered(t, string(r.Code)+" "+string(l), s.RenderReason(r.Code, l), l == English)
		}
	}
}

func rendered(t *testing.T, what string, m Message, noHan bool) {
	t.Helper()
	for _, text := range []string{m.Title, m.Explanation, m.Remedy, m.Operations} {
		switch {
		case text == "", strings.ContainsAny(text, "{}"), strings.Contains(text, "  "), strings.Contains(text, "“”"):
			t.Errorf("%s: %q", what, text)
		case noHan && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			t.Errorf("%s is partly Chinese: %q", what, text)
		}
	}
	if strings.HasSuffix(m.Title, ".") || strings.HasSuffix(m.Title, "。") {
		t.Errorf("%s: the title %q ends as a sentence; templates add the mark", what, m.Title)
	}
}

func TestAPlaceholderIsShownByItsKind(t *testing.T) {
	for _, c := range []struct {
		kind          Kind
		value, zh, en string
	}{
		{KindText, "0.21", "0.21", "0.21"},
		{KindDays, "1", "1 天", "1 day"},
		{KindDays, "10", "10 天", "10 days"},
		{KindDays, "10 天", "10 天", "10 天"}, // as older outcomes hold it
		{KindPixels, "420 px", "420 像素", "420 pixels"},
		{KindPixels, "800 x 600", "800 × 600 像素", "800 × 600 pixels"},
		{KindPixels, "50000000 px", "5000 万像素", "50 million pixels"},
		{KindDate, "2026-03-01", "2026 年 3 月 1 日", "1 March 2026"},
		{KindDate, "2026-03", "2026 年 3 月", "March 2026"},
		{KindDate, "soon", "soon", "soon"},
		{KindInstant, "2026-03-10T16:00:00Z", "2026 年 3 月 11 日 00:00（北京时间）", "11 March 2026, 00:00 (Beijing time)"},
		{KindList, "jpg, jpeg", "jpg、jpeg", "jpg, jpeg"},
		{KindList, "仅供、使用", "仅供、使用", "仅供, 使用"},
		{"", "as it is", "as it is", "as it is"},
	} {
		if zh, en := c.kind.show(c.value, Chinese), c.kind.show(c.value, English); zh != c.zh || en != c.en {
			t.Errorf("%s %q: %q and %q", c.kind, c.value, zh, en)
		}
	}
}

// Whatever a text asks for, identity data come out masked.
func TestWhatIdentifiesSomebodyIsMasked(t *testing.T) {
	s, err := Load([]byte(`
checks:
  - {id: NAM-03, details: {name_differs: fail, shown: fail}}
details:
  - code: shown
    title: {zh: "{declared}", en: "{declared}"}
    explanation: {zh: "{read}", en: "{read}"}
    remedy: {zh: 改, en: change}
    operations: {zh: "{declared}", en: "{declared}"}
    params: {declared: text, read: text}
    example: {declared: a, read: b}
`))
	if err != nil {
		t.Fatal(err)
	}
	f := s.Finding("NAM-03", "shown")
	f.Declared, f.Read = "样本甲乙", "11010519491231002X"
	f.Params = map[string]string{"declared": f.Declared, "read": f.Read}
	m := s.Render(f, Chinese)
	for _, text := range []string{m.Title, m.Explanation, m.Operations} {
		if text == "" || strings.Contains(text, f.Declared) || strings.Contains(text, f.Read) {
			t.Errorf("%q is not masked", text)
		}
	}
}

func TestEvidenceFillsPlaceholders(t *testing.T) {
	s := Default()
	f := s.Finding("FMT-05", "file_too_large")
	f.Evidence.Measured, f.Evidence.Limit = "5.2 MB", "1.0 MB"
	if m := s.Render(f, English); !strings.Contains(m.Explanation, "5.2 MB") || !strings.Contains(m.Explanation, "1.0 MB") {
		t.Errorf("%q", m.Explanation)
	}
	f = s.Finding("AGE-01", "too_new")
	f.EligibleAt = "2026-03-11T00:00:00+08:00"
	if m := s.Render(f, Chinese); !strings.Contains(m.Remedy, "2026 年 3 月 11 日 00:00") {
		t.Errorf("%q", m.Remedy)
	}
}

// Each of the eight reasons of the help page has a remedy and a check that does
// more than warn.
func TestTheEightReasonsAreThere(t *testing.T) {
	acts := map[int]bool{}
	for _, r := range Default().Listing() {
		for _, c := range r.Checks {
			if c.Severity != review.Warn {
				acts[r.Number] = true
			}
		}
		if r.Number > 0 && (r.Heading == "" || r.Remedy[Chinese] == "" || r.Remedy[English] == "") {
			t.Errorf("%s lacks its heading or remedy", r.Code)
		}
	}
	for n := 1; n <= 8; n++ {
		if !acts[n] {
			t.Errorf("reason %d has no check that acts", n)
		}
	}
}

// Reason 4 is drawn from history, and reason 8 from the authority or for a person.
func TestReservedReasons(t *testing.T) {
	for _, c := range Default().Checks {
		switch {
		case c.Reason == review.RepeatedSubmissionFailed && c.ID != "HIS-01" && c.ID != "FMT-09":
			t.Errorf("%s claims reason 4", c.ID)
		case c.Reason == review.IdentityAuthorityMismatch && c.Stage != review.StageAuthority && c.Severity != review.Manual:
			t.Errorf("%s claims reason 8 without the authority", c.ID)
		}
	}
}

// Rule: what nobody does again by itself is not promised: an answer that did not come
// leads to a person.
func TestExtensionsPromiseNoRetry(t *testing.T) {
	for _, r := range Default().Reasons {
		for _, promise := range []string{"自动", "重试", "automatic", "retried", "by itself"} {
			if strings.HasPrefix(string(r.Code), "ext_") && strings.Contains(r.Title.ZH+r.Explanation.ZH+r.Remedy.ZH+r.Title.EN+r.Explanation.EN+r.Remedy.EN, promise) {
				t.Errorf("%s promises: %s", r.Code, promise)
			}
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
	}{
		{"aliyun", "XYDM", "TYDM"}, {"tencent", "TYDMZ", "TYDM"}, {"aliyun_ati", "TYDM", "TYDM"},
		{"tencent", "TXZ", "GAJMTX"}, {"aliyun", "TW", "TWJMTX"}, {"tencent", "GWSFZ", "WJLSFZ"},
	} {
		if got, ok := s.FromRegistrar(c.registrar, c.theirs); !ok || got != c.ours {
			t.Errorf("%s %s: %s", c.registrar, c.theirs, got)
		}
		if got, ok := s.ToRegistrar(c.registrar, c.ours); !ok || got != c.theirs {
			t.Errorf("%s %s: %s", c.registrar, c.ours, got)
		}
	}
	for _, typ := range s.Types {
		for registrar, code := range typ.Codes {
			back, ok := s.FromRegistrar(registrar, code)
			same, _ := s.ToRegistrar(registrar, back)
			if !ok || same != code {
				t.Errorf("%s %s of %s comes back as %s", registrar, code, typ.Code, back)
			}
		}
	}
	if got, _ := s.FromRegistrar("aliyun_ati", "chnshxyd"); got != "TYDM" {
		t.Errorf("an alias is taken in either case, got %q", got)
	}
	for _, c := range [][2]string{{"tencent", "NONE"}, {"nobody", "SFZ"}, {"tencent", ""}} {
		if got, ok := s.FromRegistrar(c[0], c[1]); ok {
			t.Errorf("%v was mapped to %s", c, got)
		}
	}
	if got, ok := s.ToRegistrar("tencent", "JGZ"); ok {
		t.Errorf("a type that the registrar does not take was mapped to %s", got)
	}
}

// A registrar's profile accepts exactly the types that it has codes for.
func TestAProfileOfARegistrarAcceptsItsTypes(t *testing.T) {
	s := Default()
	p, _ := s.Profile("tencent")
	if slices.Contains(p.Accepted, "JGZ") || !slices.Contains(p.Accepted, "YYZZ") {
		t.Errorf("accepted: %v", p.Accepted)
	}
	if p, _ := s.Profile("default"); len(p.Accepted) != 0 {
		t.Errorf("the default profile accepts %v only", p.Accepted)
	}
}

// The listing is what GET /v1/reasons answers.
func TestTheListingIsWholeInJSON(t *testing.T) {
	s := Default()
	data, err := json.Marshal(s.Listing())
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Code   string                       `json:"code"`
		Remedy map[string]string            `json:"remedy"`
		Checks []map[string]json.RawMessage `json:"checks"`
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list) != len(s.Reasons) {
		t.Fatalf("%d reasons, %v", len(list), err)
	}
	checks := 0
	for _, r := range list {
		if r.Remedy["zh-CN"] == "" || r.Remedy["en"] == "" || r.Checks == nil {
			t.Errorf("%s: %v", r.Code, r.Remedy)
		}
		checks += len(r.Checks)
	}
	if checks != len(s.Checks) {
		t.Errorf("%d of %d checks are listed", checks, len(s.Checks))
	}
}

// A profile says what differs; a type's mode of one profile is none of another's.
func TestTheModeOfATypeIsThatOfItsProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(`profiles:
  - name: default
    authority: {types: {SFZ: required}}
  - name: mine
    title: {zh: 我, en: Mine}
    authority: {default: advisory, types: {YYZZ: off}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := LoadFiles(file)
	if err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]map[review.CredentialType]AuthorityMode{
		"default": {"SFZ": AuthorityRequired, "YYZZ": AuthorityOff},
		"mine":    {"YYZZ": AuthorityOff, "TYDM": AuthorityAdvisory},
		"tencent": {"YYZZ": AuthorityOff},
	} {
		p, _ := set.Profile(profile)
		for code, mode := range want {
			if got := p.Authority.Mode(code); got != mode {
				t.Errorf("%s %s: %s, want %s", profile, code, got, mode)
			}
		}
	}
	if p, _ := Default().Profile("default"); p.Authority.Mode("SFZ") != AuthorityOff {
		t.Error("the built-in rules were changed")
	}
}
