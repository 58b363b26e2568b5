package verdict

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

func TestWhatRegistriesWrite(t *testing.T) {
	p, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]review.Reason{
		"证件颁发 未满10天，请稍后再提交": review.ElectronicVerificationFailed,
		"营业执照签发不足１０个自然日":    review.ElectronicVerificationFailed,
		"证件信息尚未同步，请稍后再试":    review.ElectronicVerificationFailed,
		"证件已过期":               review.ElectronicVerificationFailed,
		"身份证即将到期，请更换":         review.ElectronicVerificationFailed,
		"公安系统查无此人":            review.ElectronicVerificationFailed,
		"姓名与身份证号码不一致":         review.IdentityAuthorityMismatch,
		"与公安信息比对不通过":          review.IdentityAuthorityMismatch,
		"图片模糊，无法辨认":           review.MaterialUnclear,
		"证件照片有遮挡":             review.MaterialUnclear,
		"证件边框不完整":             review.MaterialIncomplete,
		"没有公章":                review.MaterialIncomplete,
		"证件类型错误":              review.CredentialTypeOrNumberInvalid,
		"身份证号码位数不对":           review.CredentialTypeOrNumberInvalid,
		"域名所有者名称与证件不一致，请使用全称": review.RegistrantInfoMismatch,
		"单位名称使用了简称":           review.RegistrantInfoMismatch,
		"姓名与上传的身份证图片不符合":      review.RegistrantInfoMismatch,
		"该企业已注销":              review.MaterialUnqualified,
		"复印件不符合要求":            review.MaterialUnqualified,
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

// Rule: the headings of the help page mean what stands under them.
func TestEveryHeadingIsItsReason(t *testing.T) {
	p, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.Default().Reasons {
		if got, _, _ := p.Understand(r.Heading); r.Number > 0 && got != r.Code {
			t.Errorf("%s became %q, want %s", r.Heading, got, r.Code)
		}
	}
}

// Rule: a text that says something else than its words suggest is read by a person,
// and never counted for a reason that it does not give.
func TestWhatOnlySoundsLikeAReasonIsQueued(t *testing.T) {
	p, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"请在10天内重新提交", "审核需要十天", "新注册域名需完成命名审核", "新办业务请联系客服", "域名距到期不足10天", "证件有效期不足10天",
		"链接已失效，请重新登录", "验证码已过期", "请在有效期内提交", "证件有效期填写错误", "证件未过期", "请确认证件是否过期",
		"请先到公安机关备案", "请完成公安备案后再提交", "公安系统网络超时，核验失败", "身份信息不一致，请联系客服",
		"域名已注销", "账户已注销", "企业未被吊销", "请勿反光", "请上传清晰、无水印的图片", "地址不清楚",
		"注册资料不完整", "请加盖印章", "请勿提交黑白复印件", "附件类型错误", "号码有误", "账户信息不一致", "请使用全称", "重复提交",
		"系统核验失败，请重试", "核验失败", "本次不接受新注册", "请检查证件，图片链接失效",
	} {
		if reason, _, ok := p.Understand(text); ok {
			t.Errorf("%s was taken for %s", text, reason)
		}
	}
	if _, err := Load([]byte("- {pattern: a, unless: '(', reason: x}")); err == nil {
		t.Error("an unless that is no expression was taken")
	}
}

// Rule: of a registry's words nothing is kept that identifies somebody, as far as
// the words tell it.
func TestNothingOfAnybodyIsKept(t *testing.T) {
	d := review.Declared{Name: "样本（甲）有限公司", Number: "SPECIMEN-1", LegalPerson: "样本甲", Email: "a@example.cn"}
	for words, want := range map[string]string{
		"证件号 91440300MA5EXB017B 与 11010519000101001X 不符": "证件号 * 与 * 不符",
		"号码１１０１０５１９０００１０１００１Ｘ有误":                         "号码*有误",
		"号码 110 105 190 001 010 01X 有误":                  "号码 * 有误",
		"号码110-105-190有误":                                "号码*有误",
		"号码①②③④⑤有误":                                      "号码*有误",
		"号码1\u200b1\u200b0\u200b1有误":                     "号码*有误",
		"电话 ١٢٣٤٥٦":                                      "电话 *",
		"样本(甲)有限公司的法人样本甲，SPECIMEN-1，a@example.cn":        "*的法人*，*，*",
		"姓名应为样本乙，请核对":                                    "姓名应为*，请核对",
		"证件上是“样本乙”":                                      "证件上是“*”",
		"请写信 b.c@example.cn":                             "请写信 *",
		"颁发未满10天":                                        "颁发未满10天",
		"壹佰元":                                            "壹佰元",
		"图片\n模糊":                                         "图片 模糊",
		"请联系客服\x00":                                      "请联系客服",
	} {
		if got := Clean(words, d); got != want {
			t.Errorf("%q became %q, want %q", words, got, want)
		}
	}
	if got := Clean(strings.Repeat("长", 9000), d); len([]rune(got)) != maxText {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

func TestTheReportSaysWhereWeDiffer(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)
	tenDays := review.Declared{IssueDate: review.DateOf(now).AddDays(-10), ExpiryDate: review.DateOf(now).AddDays(12)}
	refused := review.Outcome{Kind: review.Rejected, Findings: []review.Finding{{Check: "CLR-01", Severity: review.Fail}, {Check: "CLR-01", Severity: review.Fail}, {Check: "EXP-02", Severity: review.Warn}}}
	approved := review.Outcome{Kind: review.Approved}
	cases := []Case{{Ours: refused, Passed: true}, {Ours: refused}, {Ours: approved, Passed: true}, {Ours: review.Outcome{Kind: review.ManualReview}, Passed: true}}
	for range 30 {
		cases = append(cases, Case{Declared: tenDays, Now: now, Ours: approved, Reason: review.ElectronicVerificationFailed})
	}
	r := Compare(cases)
	if r.Cases != 34 || r.BothPassed != 1 || r.BothRefused != 1 || r.WePassed[review.ElectronicVerificationFailed] != 30 {
		t.Errorf("%+v", r)
	}
	if len(r.Checks) != 1 || r.Checks[0] != (Row{"CLR-01", 1, 1}) {
		t.Errorf("checks %+v", r.Checks)
	}
	if len(r.Proposals) != 2 || r.Proposals[0].Proposed != "true" || r.Proposals[0].Flips != 30 || !r.Proposals[0].Sure || r.Proposals[1].Proposed != "12" || r.Proposals[1].Flips != 0 {
		t.Errorf("proposals %+v", r.Proposals)
	}
	if p := Compare(cases[:10]).Proposals; len(p) != 0 {
		t.Errorf("too few cases, and yet %+v", p)
	}
}

// Rule: a proposal says for which limit, from how many cases, how many outcomes
// would flip, and whether that is more than chance.
func TestProposalsForLimitsThatAreTooHarsh(t *testing.T) {
	blurred := func(measured string, passed bool) Case {
		return Case{Passed: passed, Ours: review.Outcome{Kind: review.Rejected, Findings: []review.Finding{
			{Check: "CLR-01", Detail: "blurred", Severity: review.Fail, Evidence: review.Evidence{Measured: measured, Limit: "50 px"}}}}}
	}
	var cases []Case
	for range 22 {
		cases = append(cases, blurred("45 px", true), blurred("20 px", false))
	}
	cases = append(cases, blurred("40 px", false), blurred("48 px", true))
	p := Compare(cases).Proposals
	if len(p) != 1 || p[0].Proposed != "45px" || p[0].Flips != 23 || p[0].Agree != 23 || p[0].Cases != 46 || !p[0].Sure {
		t.Errorf("%+v", p)
	}
	even := []Case{}
	for i := range 24 { // thirteen of twenty-four may be chance
		even = append(even, Case{Passed: i < 13, Ours: review.Outcome{Kind: review.Rejected, Findings: []review.Finding{{Check: "CPL-03", Detail: "seal_missing", Severity: review.Fail}}}})
	}
	if p := Compare(even).Proposals; len(p) != 1 || p[0].Proposed != "manual" || p[0].Sure || p[0].Flips != 24 {
		t.Errorf("%+v", p)
	}
	if p := Compare(even[:19]).Proposals; len(p) != 0 {
		t.Errorf("too few cases, and yet %+v", p)
	}
}

var today = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

// Rule: every line of an import is an answer or refused by its line, and nothing is
// lost without a word.
func TestEveryLineIsTakenOrNamed(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("提交,结果,原因\na.example,不通过,图片模糊\n")
	if err != nil {
		t.Fatal(err)
	}
	for rule, c := range map[string]struct {
		data    string
		answers int
		refused []Fault
		words   string // of the first
	}{
		"cells of several lines": {"a.example,不通过,\"图片\n模糊，\"\"重拍\"\"\"\nb.example,maybe\nc.example,pass\n", 2, []Fault{{3, *noResult}}, "图片\n模糊，\"重拍\""},
		"GB18030":                {gb, 1, nil, "图片模糊"},
		"UTF-8 with a mark":      {"\ufeffa.example,pass\n", 1, nil, ""},
		"neither":                {strings.Repeat("a.example,pass\n", 5000) + "b.example,refuse,\xff\xfe\n", 5000, []Fault{{5001, *notText}}, ""},
		"a time to come":         {"a.example,pass,,2062-01-31\nb.example,pass,,2026-11-24\nc.example,pass,,2026-11-23T13:00:00+08:00\n", 0, []Fault{{1, *inFuture}, {2, *inFuture}, {3, *inFuture}}, ""},
		"today":                  {"a.example,pass,,2026-11-23\nb.example,pass,,2026-11-23T12:04:00+08:00\n", 2, nil, ""},
		"no subject, no time":    {",pass\na.example,pass,,gestern\n", 0, []Fault{{1, *noSubject}, {2, *noTime}}, ""},
	} {
		got, err := ReadCSV(strings.NewReader(c.data), 10_000, today)
		if err != nil || len(got.Answers) != c.answers || !slices.Equal(got.Refused, c.refused) || c.answers > 0 && got.Answers[0].Words != c.words {
			t.Errorf("%s: %d answers, refused %v, %v", rule, len(got.Answers), got.Refused, err)
		}
		for _, a := range got.Answers {
			if a.At.After(today) {
				t.Errorf("%s: said at %v", rule, a.At)
			}
		}
	}
	var f Fault
	if _, err := ReadCSV(strings.NewReader("a.example,pass\nb.example,\"pass\nc.example,pass\n"), 9, today); !errors.As(err, &f) || f.Line != 2 {
		t.Errorf("a quote that is not closed: %v", err)
	}
}

// keeper has decided about what begins with a, and keeps nothing older than noon.
type keeper struct{}

func (keeper) DecidedAttempt(_ context.Context, _, subject string, _ time.Time) (string, review.Declared, error) {
	if subject[0] != 'a' {
		return "", review.Declared{}, review.ErrNotFound
	}
	return subject, review.Declared{}, nil
}

func (keeper) PutVerdict(_ context.Context, _ string, v Verdict) (bool, error) {
	return !v.At.Before(today), nil
}

// Rule: what is not taken is counted by its cause, and its line is told.
func TestWhatIsNotTakenIsNamed(t *testing.T) {
	p, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ReadCSV(strings.NewReader("a1,pass,,2026-11-23\nb,pass\na2,pass,,2026-01-31\na3,refuse,请联系客服,2026-11-23\n"), 9, today)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Take(t.Context(), keeper{}, p, "acme", list.Answers)
	if want := (Taken{Taken: 2, NotUnderstood: 1, Unknown: 1, Outdated: 1, UnknownLines: []int{2}, OutdatedLines: []int{3}}); err != nil || !reflect.DeepEqual(n, want) {
		t.Errorf("%+v, want %+v (%v)", n, want, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.example,pass,x,2026-01-01\n")
	f.Add("a.example,pass,\"x\ny\",2062-01-01\n\xd6\xd0\n")
	f.Add(`{"subject":"a","result":"pass"}`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(io.Reader, int, time.Time) (Import, error){ReadCSV, ReadJSON} {
			list, err := read(strings.NewReader(s), 3, today)
			if err == nil && len(list.Answers)+len(list.Refused) > 3 {
				t.Errorf("%d answers", len(list.Answers))
			}
			for _, a := range list.Answers {
				if a.Subject == "" || !text.Whole(a.Subject) || len(a.Subject) > maxSubject || a.At.After(today) {
					t.Errorf("%q at %v", a.Subject, a.At)
				}
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("证件号 91440300MA5EXB017B")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Clean(s, review.Declared{Name: "样本甲"}); len([]rune(got)) > maxText || strings.Contains(got, "样本甲") {
			t.Errorf("%q", got)
		}
	})
}
