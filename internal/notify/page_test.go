package notify

import (
	"bytes"
	"encoding/base64"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

var (
	pictures = flag.String("pictures", "", "directory to keep the pictures of the mails in, to be looked at")
	shown    = flag.String("shown", "", "with -pictures: which mails beside the refusal, such as batch,day,disabled, or all")
)

// refusal is a mail with everything that a mail can hold, of a specimen.
func refusal(l rules.Lang) Notice {
	at := time.Date(2026, 3, 12, 8, 0, 0, 0, review.Shanghai)
	s := review.Submission{ID: "0199aaaa-0000-7000-8000-0000000000aa", SubjectRef: "example.cn", HoldAt: at, TimesOutAt: at.AddDate(0, 0, 2), Attempts: []review.Attempt{{
		ID: "a", Number: 2, Declared: review.Declared{Language: string(l), Email: "holder@example.com"},
		Outcome: ptr(review.Decide([]review.Finding{
			{Check: "NUM-05", Detail: "number_check_digit", Severity: review.Fail, Reason: review.CredentialTypeOrNumberInvalid, Field: review.FieldNumber,
				Declared: "91110000SPECIMEN9X", Read: "91110000SPECIMEN93", Fix: "91110000SPECIMEN93"},
			{Check: "CLR-01", Detail: "blurred", Severity: review.Fail, Reason: review.MaterialUnclear, Evidence: review.Evidence{Role: review.Licence, Measured: "11", Limit: "25"}},
			{Check: "AGE-03", Detail: "date_clash", Severity: review.Fail, Reason: review.RegistrantInfoMismatch, Field: review.FieldIssueDate,
				Declared: "2020-01-02", Read: "2021-03-14", Params: map[string]string{"declared_date": "2020-01-02", "measured": "2021-03-14"}},
			{Check: "EXP-02", Detail: "near_expiry", Severity: review.Warn, Params: map[string]string{"days": "20"}},
		}, review.Precedence{review.CredentialTypeOrNumberInvalid}, "r"))}}}
	return addressed(review.Delivery{Event: review.EventDecided, AttemptID: "a", Endpoint: review.Endpoint{Kind: review.Email, Link: "https://registrar.example/realname?s={submission_id}"}}, s)
}

// framed is a picture of the size and form of those that the worker cuts.
func framed(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 460, 90))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{229, 231, 235, 255}), image.Point{}, draw.Src)
	draw.Draw(m, m.Rect.Inset(20), image.NewUniform(color.RGBA{214, 40, 40, 255}), image.Point{}, draw.Src)
	draw.Draw(m, m.Rect.Inset(22), image.NewUniform(color.RGBA{250, 247, 238, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func addressed(d review.Delivery, s review.Submission) Notice {
	subject := Subject{Submission: s}
	n, err := (&Service{Store: newMemory()}).address(nil, NewNotice(d, subject, rules.Default()), subject, d) //nolint:staticcheck // the store in memory needs none
	if err != nil {
		panic(err)
	}
	return n
}

func ptr[T any](v T) *T { return &v }

// everything is one notice of each kind in a language.
func everything(l rules.Lang) map[string]Notice {
	all := map[string]Notice{"refusal": refusal(l)}
	for _, n := range samples(l, rules.Default()) {
		all[n.Type+"-"+newPage(n).Outcome] = n
	}
	to := Recipient{Language: l}
	all["batch"] = Notice{Type: review.EventBatch, To: to, Data: Batch{BatchID: "0199aaaa-0000-7000-8000-0000000000bb", Rows: 1200, Approved: 1100, Rejected: 80, Manual: 12, Deferred: 8,
		Reasons: map[review.Reason]int{review.MaterialUnclear: 50, review.RegistrantInfoMismatch: 30}}}
	all["day"] = Notice{Type: review.EventDay, To: to, Data: DayData{Date: "2026-03-12", Counts: map[review.Kind]int{review.Approved: 7, review.Rejected: 2}, Reasons: map[review.Reason]int{review.MaterialUnclear: 2}}}
	all["disabled"] = Notice{Type: review.EventDisabled, To: to, Data: Disabled{EndpointID: "0199aaaa-0000-7000-8000-0000000000cc", Kind: review.Webhook, Name: "CRM", Cause: review.DisabledFailing, Since: time.Date(2026, 3, 7, 9, 30, 0, 0, review.Shanghai)}}
	all["unsubscribed"] = Notice{Type: review.EventDisabled, To: to, Data: Disabled{EndpointID: "0199aaaa-0000-7000-8000-0000000000cc", Kind: review.Email, Name: "ops", Cause: review.DisabledOptOut}}
	all["test"] = Notice{Type: review.EventTest, To: to, Data: struct{}{}}
	return all
}

// Every mail says something, in one language, and shows no template's hole.
func TestEveryNoticeComposesInBothLanguages(t *testing.T) {
	for _, l := range languages {
		for name, n := range everything(l) {
			m, err := compose(n)
			if err != nil {
				t.Errorf("%s %s: %v", l, name, err)
				continue
			}
			for part, s := range map[string]string{"subject": m.Subject, "text": m.Text, "HTML": m.HTML} {
				if s == "" || strings.Contains(s, "<no value>") || strings.Contains(s, "{") && part != "HTML" || strings.Contains(s, "0001") {
					t.Errorf("%s %s: %s reads %q", l, name, part, s)
				}
			}
			if l == rules.English && strings.ContainsFunc(m.Text, func(r rune) bool { return r >= '一' && r <= '鿿' }) {
				t.Errorf("%s: Chinese in an English mail:\n%s", name, m.Text)
			}
		}
	}
}

func TestARefusalTellsAllThatHelpsAndNobodysNumber(t *testing.T) {
	for l, want := range map[rules.Lang][]string{
		rules.Chinese: {"911*************93", "第 18 位", "2026 年 3 月 12 日 08:00（北京时间）", "暂停解析", "https://registrar.example/realname?s=0199aaaa", "第 2 次提交"},
		rules.English: {"911*************93", "position 18", "12 March 2026, 08:00 (Beijing time)", "put on hold", "https://registrar.example/realname?s=0199aaaa", "attempt 2"},
	} {
		m, err := compose(refusal(l))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{m.Text, m.HTML} {
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s lacks %q:\n%s", l, w, m.Text)
				}
			}
			if strings.Contains(text, "91110000SPECIMEN") {
				t.Errorf("%s tells the number", l)
			}
		}
	}
}

// A letter of a tenant is checked when it is saved and used in the frame of all mails.
func TestALetterIsCheckedAndUsed(t *testing.T) {
	good := Letter{Subject: "{{.Domain}}: {{.Heading}}", Body: `Dear customer,
{{range .Lead}}
{{.}}
{{end}}{{range .Must}}
* {{.Title}} {{.Remedy}}
{{end}}
{{.Deadline}}
{{with .Link}}Here: {{.}}{{end}}

Your registrar`}
	if err := CheckLetter(rules.English, good, rules.Default()); err != nil {
		t.Fatal(err)
	}
	n := refusal(rules.English)
	n.To.Letter = &good
	m, err := compose(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{m.Text, m.HTML} {
		if !strings.Contains(text, "Dear customer") || !strings.Contains(text, "Your registrar") || !strings.Contains(text, "0199aaaa") {
			t.Errorf("reads %s", text)
		}
	}
	for rule, bad := range map[string]Letter{
		"does not parse":            {good.Subject, "{{.Heading"},
		"a field that is not there": {good.Subject, good.Body + "{{.Name}}"},
		"no subject":                {" ", good.Body},
		"two lines of subject":      {"a\nb", good.Body},
		"a remedy is missing":       {good.Subject, "{{.Deadline}} {{range .Lead}}{{.}}{{end}}"},
		"the deadline is missing":   {good.Subject, "{{range .Lead}}{{.}}{{end}}{{range .Must}}{{.Remedy}}{{end}}"},
		"a loop over a number":      {good.Subject, good.Body + "{{range 1000000000}}{{end}}"},
		"a loop over a long number": {good.Subject, good.Body + "{{range len .Heading}}{{end}}"},
		"a function that grows":     {good.Subject, good.Body + `{{printf "%1000000000d" 1}}`},
		"another template":          {good.Subject, good.Body + `{{define "x"}}{{template "x"}}{{end}}{{template "x"}}`},
		"calls itself":              {good.Subject, good.Body + `{{template "body" .}}`},
		"much too long":             {good.Subject, good.Body + strings.Repeat("x", 40<<10)},
		"loops that multiply":       {good.Subject, good.Body + "{{range .Must}}{{with $}}{{range .Must}}x{{end}}{{end}}{{end}}"},
		"only the first mistake":    {good.Subject, "{{range .Lead}}{{.}}{{end}}{{with .Must}}{{(index . 0).Remedy}}{{end}}{{.Deadline}}"},
		"a declared function":       {good.Subject, good.Body + `{{call .Heading}}`},
	} {
		if err := CheckLetter(rules.English, bad, rules.Default()); err == nil {
			t.Errorf("%s: taken", rule)
		}
	}
}

// Rule: a letter that cannot say all of this refusal does not keep it from the
// registrant; its owner sees why it was not used.
func TestALetterThatDoesNotFitIsReplacedByOurs(t *testing.T) {
	n := refusal(rules.English)
	for rule, body := range map[string]string{"fails": "{{index .Must 99}}", "leaves something out": "{{.Heading}}"} {
		n.To.Letter = &Letter{"mine", body}
		m, err := compose(n)
		if err != nil || m.Fault == "" || m.Subject == "mine" {
			t.Fatalf("%s: %+v, %v", rule, m, err)
		}
		for _, mistake := range newPage(n).Must {
			if !strings.Contains(m.Text, mistake.Remedy) {
				t.Errorf("%s: %q is missing", rule, mistake.Remedy)
			}
		}
	}
}

// Rule: what a registrar calls its domain breaks no line and turns no direction.
func TestARegistrarsWordsAreOneLine(t *testing.T) {
	n := refusal(rules.English)
	a := n.Data.(Attempt)
	a.SubjectRef = "example.cn\r\nBcc: x\u202e"
	n.Data = a
	if p := newPage(n); strings.ContainsAny(p.Subject+p.About+p.Domain, "\r\n\u202e") {
		t.Errorf("%q %q", p.Subject, p.About)
	}
}

// Rule: a deferral that lasts beyond the day on which the domain is put on hold says so.
func TestADeferralTellsOfTheHold(t *testing.T) {
	for l, want := range map[rules.Lang]string{rules.Chinese: "起暂停解析", rules.English: "is put on hold on"} {
		for rule, days := range map[string]int{"later": 6, "earlier": -1} {
			n := refusal(l)
			a := n.Data.(Attempt)
			a.Outcome, a.EligibleAt, n.Type = review.Deferred, a.HoldAt.AddDate(0, 0, days), review.EventDeferred
			n.Data = a
			m, err := compose(n)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(m.Text, want); got != (days > 0) {
				t.Errorf("%s, eligible %s than the hold: %s", l, rule, m.Text)
			}
		}
	}
}

func FuzzLetter(f *testing.F) {
	f.Add("{{.Domain}}", "{{range .Must}}{{.Remedy}}{{end}}{{.Deadline}}")
	f.Add("x", "{{if eq .Outcome \"deferred\"}}{{.Eligible}}{{else}}{{index .Lead 0}}{{end}}")
	f.Add("x", "{{range .Must}}{{range $.Must}}{{.Title}}{{end}}{{end}}")
	f.Fuzz(func(t *testing.T, subject, body string) {
		begin := time.Now()
		_ = CheckLetter(rules.English, Letter{subject, body}, rules.Default()) // must neither panic nor take long
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// The mails are laid out by a real browser at the width of a phone and of a desk,
// and nothing runs over the edge. With -pictures they are kept to be looked at.
func TestMailsFitPhoneAndDesk(t *testing.T) {
	dir := *pictures
	if dir == "" {
		dir = t.TempDir()
	}
	for _, l := range languages {
		for name, n := range everything(l) {
			if name != "refusal" && *shown != "all" && !strings.Contains(*shown, name) {
				continue // one holds all that a mail can
			}
			if name == "refusal" {
				n.To.Pictures = map[int][]byte{1: framed(t)}
			}
			m, err := compose(n)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, string(l)+"-"+name+".html")
			if err := os.WriteFile(file, []byte(inlined(m)+overflow), 0o600); err != nil {
				t.Fatal(err)
			}
			for width, size := range map[string]string{"phone": "360,1700", "desk": "1200,1400"} {
				browse(t, file, strings.TrimSuffix(file, ".html")+"-"+width+".png", size)
			}
		}
	}
}

// overflow tells in the title by how much the page is wider than the window.
const overflow = `<script>document.title = "overflow " + (document.documentElement.scrollWidth - window.innerWidth)</script>`

// inlined is the HTML of a mail with its pictures in it, for a browser.
func inlined(m mailContent) string {
	html := m.HTML
	for id, data := range m.Pictures {
		html = strings.ReplaceAll(html, "cid:"+id, "data:image/jpeg;base64,"+base64.StdEncoding.EncodeToString(data))
	}
	return html
}

func browse(t *testing.T, file, picture, size string) {
	t.Helper()
	common := []string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--window-size=" + size}
	out, err := exec.CommandContext(t.Context(), "chromium", append(common, "--dump-dom", "file://"+file)...).Output()
	if err != nil {
		t.Fatalf("lay out %s (install chromium: scripts/bootstrap test): %v", file, err)
	}
	if s := string(out); !strings.Contains(s, "<title>overflow 0</title>") && !strings.Contains(s, "<title>overflow -") {
		t.Errorf("%s at %s runs over the edge", filepath.Base(file), size)
	}
	if *pictures != "" {
		if err := exec.CommandContext(t.Context(), "chromium", append(common, "--screenshot="+picture, "file://"+file)...).Run(); err != nil {
			t.Fatal(err)
		}
	}
}
