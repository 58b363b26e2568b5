package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"realname/internal/credential"
	"realname/internal/review"
	"realname/internal/rules"
)

// Numbers of nobody that are wrong in one way only.
var (
	innerWrong   = outer("91440300MA5EXAMP1")
	noRegion     = outer("91990099MA5EXAMP0")
	noDepartment = outer("C1440300MA5EXAMP0")
	futureBirth  = resident("11010520300101002")
)

func outer(first17 string) string { return first17 + string(credential.USCCCheck(first17)) }

func resident(first17 string) string {
	for _, last := range "0123456789X" {
		if credential.Valid(credential.ResidentID, first17+string(last)) {
			return first17 + string(last)
		}
	}
	panic("no check digit fits")
}

func examples() []example {
	return slices.Concat(fileExamples, clarityExamples, kindExamples, numberExamples, nameExamples, dateExamples, authorityExamples)
}

// unmeasured are the rows that need a measure of the picture that does not exist
// yet; the reader is where they will come from.
var unmeasured = map[review.CheckID]bool{"CLR-06": true, "CLR-07": true, "CLR-08": true}

// Every row of the table has a case that triggers it and a near miss that does
// not, and what it says renders in both languages. The coverage is printed.
func TestEveryRowOfTheTable(t *testing.T) {
	set := rules.Default()
	type cases struct{ triggers, misses []string }
	seen := map[review.CheckID]*cases{}
	for _, e := range examples() {
		if seen[e.check] == nil {
			seen[e.check] = &cases{}
		}
		profile := defaultProfile()
		if e.facts.Authority != nil {
			profile = asked(rules.AuthorityAdvisory)
		}
		found := All(e.facts, set, profile)
		got := slices.ContainsFunc(found, func(f review.Finding) bool { return f.Check == e.check && f.Detail == e.detail })
		if got != e.want {
			t.Errorf("%s %s, %s: found %v, want %v; all: %v", e.check, e.detail, e.rule, got, e.want, codes(found))
		}
		if e.want {
			seen[e.check].triggers = append(seen[e.check].triggers, e.rule)
		} else {
			seen[e.check].misses = append(seen[e.check].misses, e.rule)
		}
		for _, f := range found {
			renders(t, set, f)
		}
	}
	for _, c := range set.Checks {
		n := seen[c.ID]
		if unmeasured[c.ID] {
			continue
		}
		if n == nil || len(n.triggers) == 0 || len(n.misses) == 0 {
			t.Errorf("%s has no case on both sides", c.ID)
			continue
		}
		t.Logf("%s  %d trigger: %s | %d near misses: %s", c.ID, len(n.triggers), strings.Join(n.triggers, ", "), len(n.misses), strings.Join(n.misses, ", "))
	}
}

func codes(list []review.Finding) (out []string) {
	for _, f := range list {
		out = append(out, string(f.Detail))
	}
	return out
}

func renders(t *testing.T, set *rules.Set, f review.Finding) {
	t.Helper()
	if _, ok := set.Detail(f.Detail); !ok || f.Stage == "" || f.Reason == "" {
		t.Errorf("%s %s is not in the tables", f.Check, f.Detail)
	}
	filled(t, set, f)
	for _, l := range []rules.Lang{rules.Chinese, rules.English} {
		m := set.Render(f, l)
		for _, text := range []string{m.Title, m.Explanation, m.Remedy} {
			if text == "" || strings.ContainsAny(text, "{}") || strings.Contains(text, "“”") || strings.Contains(text, "  ") {
				t.Errorf("%s %s: %q", f.Detail, l, text)
			}
			for _, secret := range []string{f.Declared, f.Read} {
				if f.Field != review.FieldIssueDate && f.Field != review.FieldExpiryDate && len([]rune(secret)) > 3 && strings.Contains(text, secret) {
					t.Errorf("%s %s tells %q", f.Detail, l, secret)
				}
			}
		}
	}
}

// filled demands a value for every placeholder of the finding's text but for
// hints, which are there only when they are proved.
func filled(t *testing.T, set *rules.Set, f review.Finding) {
	t.Helper()
	d, _ := set.Detail(f.Detail)
	own := map[string]string{"measured": f.Evidence.Measured, "limit": f.Evidence.Limit, "declared": f.Declared, "read": f.Read, "eligible_at": f.EligibleAt}
	for p := range d.Params {
		if p != "hint" && own[p] == "" && f.Params[p] == "" && (f.Params[p+"_zh"] == "" || f.Params[p+"_en"] == "") {
			t.Errorf("%s %s: {%s} has no value", f.Check, f.Detail, p)
		}
	}
}

// Once the picture is refused, no person is asked about its fields: the next
// picture will show them.
func TestARefusedPictureAsksNobodyAboutItsFields(t *testing.T) {
	glare := pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{X: 100, Y: 100, W: 90, H: 90}, 0.02 })
	if got := codes(kindOf(change(licence(), both(glare, both(unread, nameAt(150, 150))))).Findings); !slices.Equal(got, []string{"glare"}) {
		t.Errorf("%v", got)
	}
}

// kindOf is the outcome of facts.
func kindOf(f review.Facts) review.Outcome {
	return Rules{rules.Default()}.Review("default", f)
}

func TestWhatPassesIsApproved(t *testing.T) {
	for rule, f := range map[string]review.Facts{"licence": licence(), "ID card": idCard()} {
		if o := kindOf(f); o.Kind != review.Approved {
			t.Errorf("%s: %s %v", rule, o.Kind, codes(o.Findings))
		}
	}
}

// Rules 1.6: issued 1 March, age 9 on the 10th fails, the 11th passes; the
// strict reading wants one day more.
func TestTenNaturalDaysToTheLetter(t *testing.T) {
	f := change(licence(), issued(day(2026, 3, 1)))
	f.Declared.LongTerm = true
	for _, c := range []struct {
		now     time.Time
		profile string
		want    review.Kind
	}{
		{time.Date(2026, 3, 10, 23, 59, 59, 0, review.Shanghai), "default", review.Deferred},
		{time.Date(2026, 3, 11, 0, 0, 0, 0, review.Shanghai), "default", review.Approved},
		{time.Date(2026, 3, 10, 15, 59, 59, 0, time.UTC), "default", review.Deferred},
		{time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC), "default", review.Approved},
		{time.Date(2026, 3, 11, 12, 0, 0, 0, review.Shanghai), "default_strict", review.Deferred},
		{time.Date(2026, 3, 12, 0, 0, 0, 0, review.Shanghai), "default_strict", review.Approved},
	} {
		f.Now = c.now
		o := Rules{rules.Default()}.Review(c.profile, f)
		if o.Kind != c.want {
			t.Errorf("%s at %v: %s, want %s", c.profile, c.now, o.Kind, c.want)
		}
		if o.Kind == review.Deferred && c.profile == "default" && !o.EligibleAt.Equal(time.Date(2026, 3, 11, 0, 0, 0, 0, review.Shanghai)) {
			t.Errorf("eligible at %v", o.EligibleAt)
		}
	}
}

func TestAllFaultsAreToldAtOnceInTheOrderOfRepair(t *testing.T) {
	f := change(licence(), both(number("91440300MA5EXAMPDC"), both(name("样本（北京）公司"), file(func(x *review.File) { x.Size = 2 << 20 }))))
	o := kindOf(f)
	want := []review.Reason{review.MaterialUnqualified, review.CredentialTypeOrNumberInvalid, review.RegistrantInfoMismatch}
	if o.Kind != review.Rejected || !slices.Equal(o.Reasons, want) {
		t.Errorf("%s %v", o.Kind, o.Reasons)
	}
}

func TestReasonFourLeadsFromTheThirdFailure(t *testing.T) {
	f := change(licence(), func(f *review.Facts) { f.History.FailedInRow = 2; f.Documents[0].File.Size = 1 })
	if o := kindOf(f); o.Primary != review.RepeatedSubmissionFailed || !slices.Contains(o.Reasons, review.MaterialUnqualified) {
		t.Errorf("%s %v", o.Primary, o.Reasons)
	}
}

func TestAUniqueRepairIsProposed(t *testing.T) {
	for rule, c := range map[string]struct{ typed, want string }{
		"look-alike": {"91440300MA5EXAMPDC", creditCode}, "space": {" " + creditCode, creditCode},
		"full width": {"９" + creditCode[1:], creditCode}, "copy mark": {creditCode + "(1-1)", creditCode},
	} {
		o := kindOf(change(licence(), number(c.typed)))
		if !slices.ContainsFunc(o.Findings, func(f review.Finding) bool { return f.Fix == c.want }) {
			t.Errorf("%s: %+v", rule, o.Findings)
		}
	}
}

// An upload that could not be decoded says nothing about clarity or content,
// while what was declared is judged all the same.
func TestABrokenFileBringsNoFollowOnNoise(t *testing.T) {
	o := kindOf(change(licence(), both(undecodable(review.FileTruncated, "jpeg"), number(creditCode[:17]))))
	if got := codes(o.Findings); !slices.Equal(got, []string{"file_truncated", "number_length"}) {
		t.Errorf("%v", got)
	}
}

func TestAPrecheckOfDataAloneNeedsNoImage(t *testing.T) {
	f := licence()
	f.Images, f.Documents = false, nil
	if o := kindOf(f); o.Kind != review.Approved {
		t.Errorf("%s %v", o.Kind, codes(o.Findings))
	}
}

// drawn makes arbitrary findings.
func drawn(t *rapid.T) []review.Finding {
	set := rules.Default()
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) review.Finding {
		c := rapid.SampledFrom(set.Checks).Draw(t, "check")
		var details []review.Detail
		for d := range c.Details {
			details = append(details, d)
		}
		slices.Sort(details)
		f := set.Finding(c.ID, rapid.SampledFrom(details).Draw(t, "detail"))
		f.Declared = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "declared")
		if f.Severity == review.Hold {
			f.EligibleAt = "2026-12-01T00:00:00+08:00"
		}
		return f
	}), 0, 8).Draw(t, "findings")
}

func TestDecideDoesNotMindTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawn(t)
		a, _ := json.Marshal(rules.Default().Decide(list))
		b, _ := json.Marshal(rules.Default().Decide(rapid.Permutation(list).Draw(t, "order")))
		if !bytes.Equal(a, b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestAFailureMoreNeverApproves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawn(t)
		fail := rules.Default().Finding("CLR-09", "not_colour")
		if o := rules.Default().Decide(append(list, fail)); o.Kind != review.Rejected {
			t.Fatalf("%s with a failure", o.Kind)
		}
		if o := rules.Default().Decide(list); o.Kind == review.Rejected != slices.ContainsFunc(list, func(f review.Finding) bool { return f.Severity == review.Fail }) {
			t.Fatalf("%s", o.Kind)
		}
	})
}

func TestWarningsNeverReject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawn(t)
		for i := range list {
			list[i].Severity = review.Warn
		}
		if o := rules.Default().Decide(list); o.Kind != review.Approved || o.Primary != "" {
			t.Fatalf("%s %s", o.Kind, o.Primary)
		}
	})
}

func FuzzAll(f *testing.F) {
	for _, e := range examples()[:20] {
		data, _ := json.Marshal(e.facts)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var facts review.Facts
		if json.Unmarshal(data, &facts) != nil {
			return
		}
		set := rules.Default()
		one := set.Decide(All(facts, set, defaultProfile()))
		two := set.Decide(All(facts, set, defaultProfile()))
		if fmt.Sprintf("%+v", one) != fmt.Sprintf("%+v", two) {
			t.Error("the same facts gave two outcomes")
		}
	})
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte(`[{"severity":"hold","eligible_at":"x"},{"severity":"fail","reason":"y"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []review.Finding
		if json.Unmarshal(data, &list) != nil {
			return
		}
		o := rules.Default().Decide(list)
		if o.Kind == review.Approved && slices.ContainsFunc(list, func(x review.Finding) bool { return x.Severity == review.Fail }) {
			t.Error("a failure was approved")
		}
	})
}

// Reviews of declared data alone: what passes, what costs most (a wrong check
// digit and a lost character set the search for the right value going), and a
// day's mix, in which one number in seven is wrong.
func BenchmarkDeclaredDataReview(b *testing.B) {
	r := Rules{rules.Default()}
	bare := func(f review.Facts, e edit) review.Facts {
		f = change(f, e)
		f.Images, f.Documents = false, nil
		return f
	}
	right, person := bare(licence(), nothing), bare(idCard(), nothing)
	wrong, short := bare(licence(), number("91440300MA5EXAMP0E")), bare(licence(), number(creditCode[:17]))
	swapped := bare(idCard(), number("11010519491230102X"))
	spaced, wide := bare(licence(), name("样本市 示例科技有限公司")), bare(licence(), name("样本（北京）科技有限公司"))
	for _, c := range []struct {
		name string
		list []review.Facts
	}{
		{"passes", []review.Facts{right}},
		{"wrong check digit", []review.Facts{wrong}},
		{"a character lost", []review.Facts{short}},
		{"a day's mix", []review.Facts{right, wide, person, right, wrong, right, person, right, spaced, person, right, swapped, right, right, person, short, right, person, right, right, right}},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, before := 0, cpu(b)
			for b.Loop() {
				r.Review("default", c.list[n%len(c.list)])
				n++
			}
			b.ReportMetric(float64(n)/(cpu(b)-before).Seconds(), "reviews/cpu-s") // others may use the machine, too
		})
	}
}

// cpu is what this process has used of all cores, garbage collection included.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
