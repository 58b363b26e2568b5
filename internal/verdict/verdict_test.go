package verdict

import (
	"strings"
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

func TestWhatRegistriesWrite(t *testing.T) {
	p, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]review.Reason{
		"证件颁发 未满10天，请稍后再提交": review.ElectronicVerificationFailed,
		"证件已过期":               review.ElectronicVerificationFailed,
		"姓名与身份证号码不一致":         review.IdentityAuthorityMismatch,
		"图片模糊，无法辨认":           review.MaterialUnclear,
		"证件边框不完整":             review.MaterialIncomplete,
		"证件类型错误":              review.CredentialTypeOrNumberInvalid,
		"域名所有者名称与证件不一致，请使用全称": review.RegistrantInfoMismatch,
		"该企业已注销":              review.MaterialUnqualified,
		"请联系客服":               "",
	} {
		reason, _, ok := p.Understand(text)
		if reason != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", text, reason, want)
		}
	}
	for _, x := range p {
		if _, ok := rules.Default().Reason(x.Reason); !ok {
			t.Errorf("%s: no such reason", x.Text)
		}
		if _, ok := rules.Default().Detail(x.Detail); x.Detail != "" && !ok {
			t.Errorf("%s: no such detail", x.Text)
		}
	}
}

func TestNoNumberOfAnybodyIsKept(t *testing.T) {
	got := Clean("证件号 91440300MA5EXB017B 与 11010519000101001X 不符\x00" + strings.Repeat("长", 900))
	if strings.Contains(got, "1905") || strings.Contains(got, "MA5EXB") || strings.Contains(got, "19000101") || len([]rune(got)) > maxText {
		t.Errorf("%.80s", got)
	}
}

func TestTheReportSaysWhereWeDiffer(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)
	tenDays := review.Facts{Now: now, Declared: review.Declared{IssueDate: review.DateOf(now).AddDays(-10), ExpiryDate: review.DateOf(now).AddDays(12)}}
	refused := review.Outcome{Kind: review.Rejected, Findings: []review.Finding{{Check: "CLR-01", Severity: review.Fail}, {Check: "CLR-01", Severity: review.Fail}, {Check: "EXP-02", Severity: review.Warn}}}
	approved := review.Outcome{Kind: review.Approved}
	cases := []Case{{Ours: refused, Passed: true}, {Ours: refused}, {Ours: approved, Passed: true}, {Ours: review.Outcome{Kind: review.ManualReview}, Passed: true}}
	for range 30 {
		cases = append(cases, Case{Facts: tenDays, Ours: approved, Reason: review.ElectronicVerificationFailed})
	}
	r := Compare(cases)
	if r.Cases != 34 || r.BothPassed != 1 || r.BothRefused != 1 || r.WePassed[review.ElectronicVerificationFailed] != 30 {
		t.Errorf("%+v", r)
	}
	if len(r.Checks) != 1 || r.Checks[0] != (Row{"CLR-01", 1, 1}) {
		t.Errorf("checks %+v", r.Checks)
	}
	if len(r.Proposals) != 2 || !strings.Contains(r.Proposals[0], "should be true") || !strings.Contains(r.Proposals[1], "near_expiry_days should be 12") {
		t.Errorf("proposals %q", r.Proposals)
	}
	if p := Compare(cases[:10]).Proposals; len(p) != 0 {
		t.Errorf("too few cases, and yet %q", p)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("证件号 91440300MA5EXB017B")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Clean(s); Clean(got) != got || len([]rune(got)) > maxText {
			t.Errorf("%q", got)
		}
	})
}
