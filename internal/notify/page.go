package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// Page is what a person is told, in one language. Templates and tenants' own
// letters see exactly this; it holds no whole name and no whole number.
type Page struct {
	Language rules.Lang
	Outcome  string // approved, rejected, deferred, manual_review; eligible_again, deadline_near; empty for operations
	Subject  string
	Heading  string
	About    string // the domain and the number of the attempt
	Domain   string
	Lead     []string
	Steps    []string  // the least that would pass
	Must     []Mistake // to be repaired
	Waits    []Mistake // solved by time or by a person
	Advice   []Mistake // warnings
	Facts    []Fact    // for operations
	Eligible string    // when a deferred review goes on
	Deadline string    // a sentence
	Link     string
	// Reference is the submission, for questions.
	Reference string
	Colour    string
	Words     Words
	Own       []string // paragraphs of the tenant's own letter
}

// Mistake is one finding in one language, its values masked.
type Mistake struct {
	Title, Explanation, Remedy string
	Declared, Read             string
	Picture                    string // content id of its evidence, in HTML mails
	Alt                        string // what the picture shows
}

// Fact is a line of a table.
type Fact struct{ Label, Value string }

// Words are what is the same in every mail of a language.
type Words struct {
	Steps, Must, Waits, Advice, Declared, Read, Link, Picture, Automatic string
}

var words = map[rules.Lang]Words{
	rules.Chinese: {
		Steps: "改好以下几处即可通过：", Must: "请一次改好以下各项，再重新提交：", Waits: "另外请留意：", Advice: "建议（不影响本次结果）：",
		Declared: "您填写的：", Read: "证件上的：", Link: "去修改并重新提交", Picture: "您上传的证件上，红框标出的一处（%s）",
		Automatic: "本邮件由系统自动发出，请勿直接回复。为保护个人信息，姓名和号码已隐去一部分。",
	},
	rules.English: {
		Steps: "This is the least that would pass:", Must: "Please mend all of the following, then submit once more:", Waits: "Please also note:",
		Advice: "Advice (it does not change this result):", Declared: "You entered:", Read: "Document:", Link: "Mend and submit again", Picture: "The place on your document, framed in red (%s)",
		Automatic: "This is an automatic message; replies are not read. Names and numbers are partly hidden to protect you.",
	},
}

// The colours of the bar at the top.
const (
	green  = "#15803d"
	red    = "#b91c1c"
	amber  = "#b45309"
	blue   = "#1d4ed8"
	maxSub = 200 // runes of a subject
)

// newPage says a notice in its recipient's language.
func newPage(n Notice) Page {
	p := Page{Language: n.To.Language, Words: words[n.To.Language], Colour: blue}
	switch data := n.Data.(type) {
	case Attempt:
		p.attempt(n, data)
	case Batch:
		p.batch(data)
	case DayData:
		p.day(data)
	case Disabled:
		p.disabled(data)
	default:
		p.Subject = p.say("Realname 测试消息", "Realname test message")
		p.Heading, p.Lead = p.Subject, []string{p.say("收到这条消息，说明接收端设置正确。", "If you read this, the endpoint is set up correctly.")}
	}
	if r := []rune(p.Subject); len(r) > maxSub {
		p.Subject = string(r[:maxSub-1]) + "…"
	}
	return p
}

// say picks the language.
func (p *Page) say(zh, en string) string {
	return rules.Text{ZH: zh, EN: en}.In(p.Language)
}

// attempt says an event about an attempt.
func (p *Page) attempt(n Notice, a Attempt) {
	a.SubjectRef = seen(a.SubjectRef)
	p.Domain = a.SubjectRef
	p.About = p.say(fmt.Sprintf("%s · 第 %d 次提交", a.SubjectRef, a.Attempt), fmt.Sprintf("%s · attempt %d", a.SubjectRef, a.Attempt))
	p.Reference = p.say("受理编号：", "Reference: ") + a.SubmissionID
	p.Outcome = string(a.Outcome)
	switch n.Type {
	case review.EventEligible:
		p.Outcome = "eligible_again"
	case review.EventDeadlineNear:
		p.Outcome = "deadline_near"
	case review.EventManual:
		p.Outcome = string(review.ManualReview)
	}
	if !a.EligibleAt.IsZero() {
		p.Eligible = p.instant(a.EligibleAt)
	}
	p.heading(a)
	p.sort(a, n.To.Pictures)
	if a.Outcome == review.Deferred && p.Outcome != "eligible_again" {
		p.Deadline = p.meanwhile(a)
	} else if p.Outcome == string(review.Rejected) || p.Outcome == "deadline_near" {
		p.Deadline, p.Link = p.deadline(a), n.To.Link
		for _, s := range a.Steps {
			p.Steps = append(p.Steps, s.In(p.Language))
		}
	}
}

// seen leaves a registrar's own words without what could break a line or turn the
// direction of a mail.
func seen(s string) string {
	return strings.Map(func(r rune) rune {
		if text.Unseen(r) {
			return ' '
		}
		return r
	}, s)
}

// heading says how it stands, for each way that it can.
func (p *Page) heading(a Attempt) {
	primary := ""
	if a.Primary != nil {
		primary = a.Primary.Texts[p.Language].Title
	}
	switch p.Outcome {
	case string(review.Approved):
		p.Colour = green
		p.tell("实名认证已通过", "Real-name verification passed", "已通过实名认证", "real-name verification passed")
		p.lead("您的材料已通过审核，无需再做任何操作。", "Your documents have passed the review. There is nothing more for you to do.")
	case string(review.Deferred):
		p.Colour = amber
		p.tell("暂缓审核，到期自动继续", "Waiting, continues by itself", "将于 "+p.Eligible+" 自动继续审核", "the review continues by itself on "+p.Eligible)
		p.lead("我们会在 "+p.Eligible+" 自动继续审核，您无需重新提交，也无需做任何操作。", "The review continues by itself on "+p.Eligible+". You need not send anything again or do anything else.")
	case "eligible_again":
		p.tell("已自动继续审核", "The review goes on", "已自动继续审核", "the review goes on")
		p.lead("等待期已满，我们正在继续审核您先前提交的材料，您无需做任何操作。", "The waiting time is over. We are reviewing what you sent before; you need not do anything.")
	case "deadline_near":
		p.Colour = amber
		if a.Outcome == review.Deferred {
			p.tell("域名即将暂停解析", "The domain will soon be put on hold", "审核仍在等待，域名即将暂停解析", "the review still waits, the domain will soon be put on hold")
			p.lead("审核要到 "+p.Eligible+" 才能继续，您无需重新提交。", "The review can only go on on "+p.Eligible+". You need not send anything again.")
			return
		}
		p.tell("实名认证即将到期", "The deadline of your verification is near", "实名认证即将到期，材料仍需修改", "the deadline is near, something is still to be mended")
		p.lead("您上次提交的材料未通过审核，至今还没有重新提交。", "What you sent last was not passed, and nothing has been sent since.")
	case string(review.ManualReview):
		p.Colour = amber
		p.tell("正在人工审核", "Being reviewed by our staff", "正在人工审核", "a member of staff is reviewing the documents")
		p.lead("您的材料已转人工审核，有结果后会再通知您，目前无需重新提交。", "A member of staff is looking at your documents. You will hear from us; you need not send anything again for now.")
	default:
		p.Colour = red
		p.tell("实名认证未通过", "Real-name verification not passed", "未通过实名认证："+primary, "real-name verification not passed: "+primary)
		p.lead("主要原因："+primary, "Main reason: "+primary)
	}
}

// tell sets heading and subject.
func (p *Page) tell(zh, en, subjectZH, subjectEN string) {
	p.Heading = p.say(zh, en)
	p.Subject = p.say(p.Domain+" "+subjectZH, p.Domain+": "+subjectEN)
}

func (p *Page) lead(zh, en string) {
	if text := p.say(zh, en); text != "" {
		p.Lead = append(p.Lead, text)
	}
}

// sort groups findings by what the registrant has to do with them.
func (p *Page) sort(a Attempt, pictures map[int][]byte) {
	if p.Outcome == string(review.Approved) || p.Outcome == "eligible_again" {
		return
	}
	for i, item := range a.Findings {
		t := item.Texts[p.Language]
		m := Mistake{Title: t.Title, Explanation: t.Explanation, Remedy: t.Remedy, Declared: item.Declared, Read: item.Read}
		if len(pictures[i]) > 0 {
			m.Picture, m.Alt = pictureID(i), fmt.Sprintf(p.Words.Picture, t.Title)
		}
		switch item.Severity {
		case review.Fail:
			p.Must = append(p.Must, m)
		case review.Hold, review.Manual:
			p.Waits = append(p.Waits, m)
		default:
			p.Advice = append(p.Advice, m)
		}
	}
}

// pictureID names the picture of a finding within its mail.
func pictureID(finding int) string { return fmt.Sprintf("finding-%d@realname", finding) }

// deadline says until when, and what comes then.
func (p *Page) deadline(a Attempt) string {
	if a.Deadline.IsZero() {
		return ""
	}
	at := p.instant(a.Deadline)
	if a.Deadline.Equal(a.HoldAt) {
		return p.say("请在 "+at+"之前重新提交；逾期未通过，域名将被暂停解析。", "Please submit again before "+at+". If it has not passed by then, the domain is put on hold.")
	}
	return p.say("请在 "+at+"之前重新提交；逾期注册局将关闭本次审核。", "Please submit again before "+at+". Otherwise the registry closes this review.")
}

// meanwhile says what happens to the domain when a review waits for longer than the
// domain may.
func (p *Page) meanwhile(a Attempt) string {
	if a.HoldAt.IsZero() || !a.EligibleAt.After(a.HoldAt) {
		return ""
	}
	at := p.instant(a.HoldAt)
	return p.say("请留意：等待期间，域名会从 "+at+"起暂停解析，审核通过后恢复。",
		"Please note: while the review waits, the domain is put on hold on "+at+". It is released once the review has passed.")
}

// instant shows an instant in Shanghai, where all of the registrant's dates count.
func (p *Page) instant(t time.Time) string {
	t = t.In(review.Shanghai)
	return p.say(t.Format("2006 年 1 月 2 日 15:04")+"（北京时间）", t.Format("2 January 2006, 15:04")+" (Beijing time)")
}

// inOrder are the keys of counts, the largest first.
func inOrder[K ~string](counts map[K]int) []K {
	keys := make([]K, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
	return keys
}
