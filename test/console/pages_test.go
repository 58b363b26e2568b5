package console

import (
	_ "embed"
	"flag"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// everyPage are all pages for reading, by the names of their pictures.
func everyPage(paths []string) map[string]string {
	return map[string]string{"overview": "/console/", "submissions": "/console/submissions", "queue": "/console/review", "batches": "/console/batches",
		"actions": "/console/actions", "parked": "/console/parked", "deliveries": "/console/deliveries", "reasons": "/console/reasons",
		"keys": "/console/keys", "replays": "/console/replays", "members": "/console/members", "own-password": "/console/password", "nothing": "/console/nothing",
		"submission": paths[0], "review": paths[1], "action": paths[2], "batch": paths[3],
		"replay": paths[4], "fix": paths[5]}
}

// usualWidth is the width of a window, in pixels, where nothing else is said.
const usualWidth = 1280

// gallery asks for a picture of every page in every dress and at every width.
var gallery = flag.Bool("gallery", false, "keep a picture of every page in both languages, light and dark, at every width")

// dresses are language and theme as pages are looked at.
func dresses() [][2]string {
	list := [][2]string{{"zh-CN", "light"}, {"en", "dark"}}
	if *gallery {
		list = append(list, [2]string{"zh-CN", "dark"}, [2]string{"en", "light"})
	}
	return list
}

// looksAtAnswers looks at what forms are answered with, which has no address, as
// looksAtEveryPage does at pages.
func (b *browser) looksAtAnswers(batch string) {
	for _, dress := range dresses() {
		b.open("/console/password")
		b.dress(dress[0], dress[1])
		for _, form := range []struct{ name, path, before, button string }{
			{"fix-plan", batch, "", ".plan-fix"},
			{"plan", "/console/submissions?standing=rejected", `document.querySelectorAll("details").forEach(d => { d.open = true; })`, "#plan"},
			{"by-number", "/console/submissions", `document.querySelector("[name=number]").value = "SPECIMEN"`, "main form[method=post] button"},
			{"next", "/console/review", "", "#next"},
			{"replay-refused", "/console/replays", `document.querySelector("#overrides").value = "no: rules"`, "#replay"},
			{"key-made", "/console/keys", `document.querySelector("[name=name]").value = "a program"`, "#make"},
		} {
			b.open(form.path)
			b.do("fill in "+form.name, chromedp.Evaluate[chromedp.Void](form.before+"; void 0"))
			b.press(form.button)
			b.picture(form.name + "-" + dress[0] + "-" + dress[1])
			b.fitsPeople(form.name)
			b.fitsWidth(form.name, 360)
		}
	}
	b.dress("en", "light")
}

// looksAtEveryPage keeps a picture of every page, asks axe about each, and looks
// whether it fits a telephone and a wall: light in Chinese and dark in English, so
// that both languages and both dresses are seen.
func (b *browser) looksAtEveryPage(paths []string) {
	for _, dress := range dresses() {
		b.open("/console/password")
		b.dress(dress[0], dress[1])
		for name, path := range everyPage(paths) {
			b.open(path)
			b.picture(name + "-" + dress[0] + "-" + dress[1])
			b.fitsPeople(name)
		}
	}
	for _, width := range []int64{360, 2560} {
		b.fitsScreens(width, everyPage(paths))
	}
}

// dress changes language and theme as a person does.
func (b *browser) dress(lang, theme string) {
	b.Helper()
	for field, value := range map[string]string{"lang": lang, "theme": theme} {
		button := fmt.Sprintf(`button[name=%s][value="%s"]`, field, value)
		if b.read(fmt.Sprintf("document.querySelector(%q) !== null", button)) == "true" {
			b.press(button)
		}
	}
	b.sees(fmt.Sprintf(`document.documentElement.lang === %q`, lang))
}

//go:embed testdata/axe-core/axe.min.js
var axe string

// fitsPeople asks axe what keeps somebody from using the page.
func (b *browser) fitsPeople(name string) {
	b.Helper()
	if found := b.faultsOfPage(); found != "" {
		b.Errorf("%s: %s", name, found)
	}
}

// findsFaults makes a page worse, to see that axe is awake.
func (b *browser) findsFaults() {
	b.open("/console/")
	_, err := b.ask(`(document.querySelector("main").append(document.createElement("button")), true)`)
	must(b, err)
	if found := b.faultsOfPage(); !strings.Contains(found, "button-name") {
		b.Errorf("about a button without a name axe says %q", found)
	}
}

// faultsOfPage are the serious and critical ones that axe finds.
func (b *browser) faultsOfPage() string {
	b.Helper()
	b.do("load axe", chromedp.Evaluate[chromedp.Void](axe+"; void 0"))
	b.do("run axe", chromedp.Evaluate[chromedp.Void](`axe.run(document, {resultTypes: ["violations"]}).then(r => { window.found = r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", ")); })`, chromedp.EvalAwaitPromise))
	return b.read(`window.found.join("\n")`)
}

// fitsScreens looks whether a page is wider than the window.
func (b *browser) fitsScreens(width int64, pages map[string]string) {
	b.Helper()
	b.do("change the window", chromedp.EmulateViewport(width, 900))
	for name, path := range pages {
		b.open(path)
		b.isNotWiderThan(name, width)
		if *gallery {
			b.picture(fmt.Sprintf("%s-%d", name, width))
		}
	}
	b.do("change the window back", chromedp.EmulateViewport(usualWidth, 900))
}

// fitsWidth looks whether the page that is open would be wider than a window.
func (b *browser) fitsWidth(name string, width int64) {
	b.Helper()
	b.do("change the window", chromedp.EmulateViewport(width, 900))
	b.isNotWiderThan(name, width)
	b.do("change the window back", chromedp.EmulateViewport(usualWidth, 900))
}

func (b *browser) isNotWiderThan(name string, width int64) {
	b.Helper()
	if over := b.read(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
		b.Errorf("%s is %s pixels too wide at %d", name, over, width)
	}
}

// readsWithoutScript turns scripts off: everything can still be read.
func (b *browser) readsWithoutScript(paths []string) {
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(b, err)
	for name, path := range everyPage(paths) {
		b.open(path)
		if text := b.read("document.querySelector('main').innerText"); len(strings.TrimSpace(text)) < 10 {
			b.Errorf("without script %s says only %q", name, text)
		}
	}
}
