package console

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/chromedp/chromedp"
)

// pictures is where the pictures of the pages go.
const pictures = "../../out/console"

// browser is Chromium without a window, at the console of a world.
type browser struct {
	*world
	ctx context.Context
}

// openBrowser starts a browser that knows nobody yet.
func (w *world) openBrowser() *browser {
	w.Helper()
	must(w, os.MkdirAll(pictures, 0o755))
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath("chromium"), chromedp.NoSandbox, // tests may run as root
		chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"), chromedp.WindowSize(usualWidth, 900), chromedp.UserDataDir(w.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	w.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	w.Cleanup(cancel)
	w.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits, so that its directory can go
	b := &browser{w, ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as the context of its first call
		w.Fatalf("start chromium (scripts/bootstrap test installs it): %v", err)
	}
	return b
}

// do takes steps with a deadline of their own.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.picture("failed")
		b.Fatalf("%s: %v", what, err)
	}
}

// ask evaluates an expression on the page. While one page gives way to the next
// there is none to ask.
func (b *browser) ask(expression string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`JSON.stringify(`+expression+`)`))
	return json.RawMessage(text), err
}

// sees waits until the page, once it is whole, is as the expression says.
func (b *browser) sees(expression string) {
	b.Helper()
	var last string
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); time.Now().Before(late); <-tick.C {
		got, err := b.ask(`document.readyState === "complete" && !document.documentElement.dataset.left && (` + expression + `)`)
		if err == nil && string(got) == "true" {
			return
		}
		last = fmt.Sprintf("%s %v", got, err)
	}
	b.picture("failed")
	where, _ := b.ask("location.pathname + ' ' + document.querySelector('main').innerText.slice(0, 600)") // says more than nothing
	b.Fatalf("the page does not come to hold %s (%s): %s", expression, last, where)
}

// read is a value of the page.
func (b *browser) read(expression string) (s string) {
	b.Helper()
	got, err := b.ask("String(" + expression + ")")
	must(b, err)
	must(b, json.Unmarshal(got, &s))
	return s
}

// open goes to a page of the console.
func (b *browser) open(path string) {
	b.Helper()
	b.do("open "+path, chromedp.Navigate(b.URL+path))
	b.sees(`document.querySelector("main") !== null`)
}

// leave marks the page, so that the next one is told from it even at the same address.
func (b *browser) leave() {
	b.Helper()
	_, err := b.ask(`(document.documentElement.dataset.left = "1")`)
	must(b, err)
}

// press clicks on what leads to another page, and waits for that.
func (b *browser) press(selector string) {
	b.Helper()
	b.leave()
	b.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
	b.sees(`document.querySelector("main") !== null`)
}

// key presses a key that leads to another page, and waits for that.
func (b *browser) key(k string) {
	b.Helper()
	b.leave()
	b.do("key "+k, chromedp.KeyEvent(k))
	b.sees(`document.querySelector("main") !== null`)
}

func (b *browser) fill(selector, text string) {
	b.Helper()
	b.do("fill in "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// holds is an expression: an element has a text.
func holds(selector, text string) string {
	return fmt.Sprintf(`(document.querySelector(%q)?.textContent ?? "").includes(%q)`, selector, text)
}

// picture keeps a picture of the whole page.
func (b *browser) picture(name string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(pictures, name+".png"), png, 0o600)
	}
	if err != nil {
		b.Errorf("picture of %s: %v", name, err)
	}
}
