package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"realname/internal/demo"
	"realname/internal/testenv"
)

// An operator's day, from the first sign-in, each step in a real browser and with
// its picture.
func TestAnOperatorsDay(t *testing.T) {
	w := newWorld(t)
	w.send("licence", "another-number", "name-hidden", "rare-character")
	b := w.openBrowser()
	b.comesByTheProvider()
	b.signsIn()
	b.changesLanguage()
	paths := []string{b.findsARejectedOne(), b.decidesOne(), b.actsOnAllAndUndoes(), b.followsABatch(), b.triesTheRules()}
	b.findsFaults()
	b.looksAtAnswers(paths[3])
	paths = append(paths, b.correctsABatch(paths[3]))
	b.looksAtEveryPage(paths)
	b.readsWithoutScript(paths)
}

// comesByTheProvider signs in with an account of the organisation, whose group makes a
// viewer, and out again.
func (b *browser) comesByTheProvider() {
	b.provider.Be(testenv.Person{Subject: "p-1", Name: "Olga", Email: "olga@organisation.example", Verified: true, Groups: []string{"staff"}})
	b.open("/console/submissions")
	b.dress("en", "light")
	b.picture("sign-in-provider")
	b.fitsPeople("sign-in")
	b.press("#provider")
	b.sees(`location.pathname === "/console/submissions" && ` + holds(".menu summary", "Olga"))
	if nav := b.read("document.querySelector('.nav').innerText"); strings.Contains(nav, "API keys") {
		b.Error("a viewer is offered the keys")
	}
	b.do("open the menu", chromedp.Click(chromedp.CSS(".menu summary")))
	b.press(`form[action="/console/sign-out"] button`)
	b.open("/console/")
	b.sees(`document.querySelector("#login") !== null`)
}

// signsIn uses the one-time password that `realname up` prints, and replaces it.
func (b *browser) signsIn() {
	b.open("/console/")
	b.dress("en", "light")
	b.picture("sign-in")
	b.fill("#login", demo.Admin)
	b.fill("#password", b.Password)
	b.press("main form button")
	const chosen = "a password of the test"
	b.fill("#old", b.Password)
	b.fill("#new", chosen)
	b.fill("#again", chosen)
	b.picture("password")
	b.fitsPeople("password")
	b.press("main button.primary")
	b.sees(holds("h1", "Overview"))
	b.picture("overview")
}

// changesLanguage goes to Chinese and back where one is.
func (b *browser) changesLanguage() {
	b.open("/console/submissions")
	b.press(`button[name=lang][value="zh-CN"]`)
	b.sees(`document.documentElement.lang === "zh-CN" && location.pathname === "/console/submissions" && ` + holds("h1", "申请"))
	b.picture("language")
	b.press(`button[name=lang][value="en"]`)
	b.sees(`document.documentElement.lang === "en" && ` + holds("h1", "Submissions"))
}

// findsARejectedOne looks for a rejection, says what for its pictures are to be
// seen, and sees the numbered boxes of its findings.
func (b *browser) findsARejectedOne() string {
	b.open("/console/submissions")
	b.do("choose the standing", chromedp.SetValue(chromedp.CSS("select[name=standing]"), "rejected"))
	b.press("form[role=search] button")
	b.sees(holds("tbody th", "another-number") + ` && document.querySelectorAll("tbody tr").length === 1`)
	b.press("tbody th a")
	b.sees(holds("h1", "Rejected") + ` && document.querySelector(".picture") === null`)
	if body := b.read("document.body.innerText"); strings.Contains(body, b.declaredNumber("another-number")) {
		b.Error("the number stands whole on the page before anybody said what for")
	}
	b.press("#reveal")
	b.sees(`(i => i && i.complete && i.naturalWidth > 300)(document.querySelector(".picture img"))`)
	b.sees(holds(".finding .hint", "Box 1"))
	if red := b.redPixels(); red < 50 {
		b.Errorf("the picture has %d pixels of a box", red)
	}
	return b.read("location.pathname")
}

func (b *browser) declaredNumber(name string) string {
	return b.one(`select declared->>'number' from attempts a join submissions s on s.id = a.submission_id where s.subject_ref = $1`, name+".example")
}

// redPixels counts on the first picture what has the colour of a box.
func (b *browser) redPixels() (n int) {
	b.Helper()
	_, err := fmt.Sscan(b.read(`(i => {
		const c = document.createElement("canvas"), g = c.getContext("2d");
		c.width = i.naturalWidth; c.height = i.naturalHeight; g.drawImage(i, 0, 0);
		const p = g.getImageData(0, 0, c.width, c.height).data;
		let n = 0;
		for (let k = 0; k < p.length; k += 4) if (p[k] > 170 && p[k + 1] < 70 && p[k + 2] < 70) n++;
		return n;
	})(document.querySelector(".picture img"))`), &n)
	must(b, err)
	return n
}

// decidesOne takes the most urgent one and approves it with one key; then the next
// one lies there.
func (b *browser) decidesOne() string {
	b.open("/console/review")
	b.picture("queue")
	b.press("#next")
	b.sees(`document.querySelector("#decide") !== null`)
	first := b.read("document.querySelector('h1').innerText")
	b.picture("review")
	b.looksCloser()
	b.key("a")
	b.sees(holds(".notice", "approved") + ` && document.querySelector("#decide") !== null`)
	b.picture("decided")
	if second := b.read("document.querySelector('h1').innerText"); second == first {
		b.Errorf("after the decision about %s it lies there again", first)
	}
	if n := b.count(`select 1 from decisions d join audit a on a.subject = d.attempt_id and a.action <> 'manual.take' where d.verdict = 'approve'`); n == "0" {
		b.Error("the decision has no row in the audit trail")
	}
	return b.read("location.pathname")
}

// looksCloser zooms, turns and ticks a reason with one key each. A turned picture stays
// in its frame.
func (b *browser) looksCloser() {
	strike := func(k string) { b.do("key "+k, chromedp.KeyEvent(k)) }
	strike("z")
	b.sees(`document.querySelector(".picture.zoomed img").offsetWidth > document.querySelector(".picture").clientWidth * 2`)
	strike("z")
	strike("t")
	b.sees(`(f => f && f.querySelector("img").getBoundingClientRect().top >= f.querySelector("figcaption").getBoundingClientRect().bottom - 1)(document.querySelector(".picture.turn1:not(.zoomed)"))`)
	b.picture("turned")
	for range 3 {
		strike("t")
	}
	b.sees(`document.querySelector(".picture").className === "picture"`)
	ticked := b.read(`document.querySelector("#decide [name=reason]").checked`)
	strike("1")
	b.sees(`String(document.querySelector("#decide [name=reason]").checked) !== "` + ticked + `"`)
}

// actsOnAllAndUndoes assigns all that a filter finds, and takes it back.
func (b *browser) actsOnAllAndUndoes() string {
	b.open("/console/submissions?standing=rejected")
	b.do("open the actions", chromedp.Click(chromedp.CSS("details.card > summary")), chromedp.WaitVisible(chromedp.CSS("#plan")))
	b.do("choose the first member", chromedp.SetValue(chromedp.CSS("#assignee"), b.read("document.querySelector('#assignee').options[1].value")))
	b.press("#plan")
	b.sees(holds("#count", "1"))
	b.picture("plan")
	b.press("#start")
	b.sees(holds("h1", "Done") + " && " + holds("#done", "1")) // the page goes on by itself
	b.picture("action")
	if n := b.count(`select 1 from standings where assignee is not null`); n != "1" {
		b.Errorf("%s submissions are assigned", n)
	}
	b.press("#undo")
	b.sees(holds("h1", "Undone") + " && " + holds("#undone", "1"))
	if n := b.count(`select 1 from standings where assignee is not null`); n != "0" {
		b.Errorf("%s submissions are assigned after undo", n)
	}
	return b.read("location.pathname")
}

// followsABatch looks at a batch while no outcome can be written. Once it can, the
// figures move without anybody touching the page.
func (b *browser) followsABatch() string {
	free := b.holdOutcomes()
	path := "/console/batches/" + b.sendBatch(4)
	b.open(path)
	b.sees(`document.querySelector("[data-live-url]") !== null && ` + holds("#rows", "4"))
	b.picture("batch-open")
	free()
	b.sees(holds("h1 .badge", "Finished") + " && " + holds("#approved", "2"))
	b.picture("batch")
	return path
}

// triesTheRules decides again what was received, by the rules in force.
func (b *browser) triesTheRules() string {
	b.open("/console/replays")
	b.press("#replay")
	b.sees(holds("h1", "Done"))
	return b.read("location.pathname")
}

// correctsABatch applies a proved correction to the rows of a batch, and takes it back.
func (b *browser) correctsABatch(batch string) string {
	b.open(batch)
	b.press(".plan-fix")
	b.sees(holds("#count", "1"))
	b.do("agree where it is asked", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("[name=consent]").forEach(c => { c.checked = true; }); void 0`))
	b.press("#apply")
	b.sees(holds("#fixed", "1") + ` && location.pathname.startsWith("/console/fixes/")`)
	b.press("#undo")
	b.sees(holds("h1", "Undone") + " && " + holds("#state-withdrawn", "1"))
	return b.read("location.pathname")
}

// holdOutcomes lets nobody write an outcome until free is called.
func (b *browser) holdOutcomes() (free func()) {
	b.Helper()
	tx, err := b.pool.Begin(b.Context())
	must(b, err)
	_, err = tx.Exec(b.Context(), `lock table outcomes in exclusive mode`)
	must(b, err)
	return func() { must(b, tx.Rollback(b.Context())) }
}
