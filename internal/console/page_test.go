package console

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// inline is what the policy of the console forbids: a browser would drop it in silence.
var inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: [^>]*)?>[^<]`)

func TestTemplatesHoldNothingThatThePolicyForbids(t *testing.T) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d templates: %v", len(names), err)
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := inline.FindString(string(data)); found != "" {
			t.Errorf("%s holds %q", name, found)
		}
		if strings.Contains(string(data), "://") {
			t.Errorf("%s names another host", name)
		}
	}
	for _, bad := range []string{`<p style="x">`, `<a onclick="x">`, `<script>x`, `<a href="javascript:x">`} {
		if !inline.MatchString(bad) {
			t.Errorf("%s is not noticed", bad)
		}
	}
}

// maxScript is how much script a page may load, in bytes, before any compression.
const maxScript = 100 << 10

func TestAPageLoadsLittleScript(t *testing.T) {
	names, err := fs.Glob(files, "static/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	total := 0
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(data)
	}
	if total > maxScript {
		t.Errorf("%d bytes of script, and %d are allowed", total, maxScript)
	}
}
