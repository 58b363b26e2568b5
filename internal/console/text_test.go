package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var verbs = regexp.MustCompile(`%[sd]`)

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	for key, text := range texts {
		if strings.TrimSpace(text.ZH) == "" || strings.TrimSpace(text.EN) == "" {
			t.Errorf("%s lacks a language", key)
		}
		if zh, en := verbs.FindAllString(text.ZH, -1), verbs.FindAllString(text.EN, -1); strings.Join(zh, "") != strings.Join(en, "") {
			t.Errorf("%s takes %v in Chinese and %v in English", key, zh, en)
		}
	}
}

// key is what a template or a program may name a text with: T "key", or the
// beginning of one that ends in a value.
var (
	keyUse    = regexp.MustCompile(`[Tt] "([a-z0-9_]+)"`)
	keyFamily = regexp.MustCompile(`"([a-z0-9_]+_)(%s)?"|"problem_"`)
	keyWord   = regexp.MustCompile(`"([a-z0-9_]+)"`)
)

func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if strings.HasSuffix(n, "_test.go") {
				continue
			}
			data, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
	}
	return all.String()
}

func TestEveryTextIsUsedAndEveryUseHasItsText(t *testing.T) {
	src := sources(t)
	words := map[string]bool{}
	for _, m := range keyWord.FindAllStringSubmatch(src, -1) {
		words[m[1]] = true
	}
	var families []string
	for _, m := range keyFamily.FindAllStringSubmatch(src, -1) {
		if m[1] != "" {
			families = append(families, m[1])
		}
	}
	used := func(key string) bool {
		if words[key] {
			return true
		}
		for _, f := range families {
			if strings.HasPrefix(key, f) {
				return true
			}
		}
		return false
	}
	for key := range texts {
		if !used(key) {
			t.Errorf("no page uses the text %s", key)
		}
	}
	for _, m := range keyUse.FindAllStringSubmatch(src, -1) {
		if !known(m[1]) && !strings.HasSuffix(m[1], "_") {
			t.Errorf("a page names the text %s, which is not there", m[1])
		}
	}
}
