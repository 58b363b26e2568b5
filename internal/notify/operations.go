package notify

import (
	"strconv"

	"realname/internal/review"
	"realname/internal/rules"
)

// batch says how a batch ended.
func (p *Page) batch(b Batch) {
	p.Subject = p.say("批次审核完毕："+strconv.Itoa(b.Rows)+" 行", "Batch finished: "+strconv.Itoa(b.Rows)+" rows")
	p.Heading = p.say("批次审核完毕", "Batch finished")
	p.About = b.BatchID
	p.Reference = p.say("批次编号：", "Batch: ") + b.BatchID
	p.count("通过：", "Passed: ", b.Approved)
	p.count("人工审核：", "With our staff: ", b.Manual)
	p.count("暂缓：", "Waiting: ", b.Deferred)
	p.count("已撤回：", "Withdrawn: ", b.Withdrawn)
	p.count("无法受理：", "Could not be taken: ", b.Faulty)
	p.refused(b.Rejected, b.Reasons)
}

// day says what a day's single messages would have said.
func (p *Page) day(d DayData) {
	p.Subject = p.say("实名审核日报 "+d.Date, "Real-name reviews of "+d.Date)
	p.Heading, p.About = p.say("实名审核日报", "Real-name reviews of the day"), d.Date
	p.count("通过：", "Passed: ", d.Counts[review.Approved])
	p.count("人工审核：", "With our staff: ", d.Counts[review.ManualReview])
	p.count("暂缓：", "Waiting: ", d.Counts[review.Deferred])
	p.refused(d.Counts[review.Rejected], d.Reasons)
	if len(p.Facts) == 0 {
		p.lead("这一天没有新的审核结果。", "There were no new results on this day.")
	}
}

// disabled says that another endpoint is told nothing any more.
func (p *Page) disabled(d Disabled) {
	p.Colour = red
	p.Subject = p.say("接收端已停用", "An endpoint was disabled")
	p.Heading = p.Subject
	p.About = string(d.Kind) + " · " + firstOf(d.Name, d.EndpointID)
	p.Reference = p.say("接收端编号：", "Endpoint: ") + d.EndpointID
	switch d.Cause {
	case review.DisabledGone:
		p.lead("接收方返回 410，表示不再接收，系统已将其停用。", "The receiver answered 410, which means that it wants no more, so it was disabled.")
	case review.DisabledOptOut:
		p.lead("收件人退订了邮件，系统已将其停用。", "Who received these mails ended them, so it was disabled.")
	default:
		p.lead("连续五天没有一条消息送达，系统已将其停用。", "Nothing arrived there for five days, so it was disabled.")
		p.Facts = append(p.Facts, Fact{p.say("首次失败：", "Failing since: "), p.instant(d.Since)})
	}
	if d.Cause == review.DisabledOptOut {
		p.lead("停用期间的结果不会再通知给它；重新启用后，只通知此后的结果。", "It is told nothing of what happens meanwhile; enabled again, it is told of what happens from then on.")
		return
	}
	p.lead("未送达的消息和此后 30 天内的新消息都会保留，重新启用后按顺序发送；已放弃的消息可用 POST /v1/deliveries/replay 重发。",
		"What was not delivered, and what happens in the next 30 days, is kept and goes out in order once the endpoint is enabled again. Send again with POST /v1/deliveries/replay what was given up.")
}

// count adds a number that is not zero.
func (p *Page) count(zh, en string, n int) {
	if n > 0 {
		p.Facts = append(p.Facts, Fact{p.say(zh, en), strconv.Itoa(n)})
	}
}

// reasonsShown is how many reasons a digest names.
const reasonsShown = 5

// refused says how many did not pass and, below that, for which reasons.
func (p *Page) refused(n int, counts map[review.Reason]int) {
	p.count("未通过：", "Not passed: ", n)
	for i, r := range inOrder(counts) {
		if i == reasonsShown {
			return
		}
		title := rules.Default().RenderReason(r, p.Language).Title
		p.Facts = append(p.Facts, Fact{"— " + firstOf(title, string(r)) + p.say("：", ": "), strconv.Itoa(counts[r])})
	}
}
