package rules

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// placeholder is a name in braces within a text.
var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// maxText bounds a text of the catalogue, in characters: nobody reads more.
const maxText = 400

func (r *reading) validateTexts() {
	numbers := map[int]string{}
	for _, e := range r.set.Reasons {
		path := "reasons." + string(e.Code)
		for _, x := range parts(e.Title, e.Explanation, e.Remedy, e.Operations) {
			r.both(path+x.key, x.text)
			for _, name := range placeholders(x.text.ZH + x.text.EN) {
				r.fault(path+x.key, "a reason has no placeholders, but {%s} stands here", name)
			}
		}
		switch other, taken := numbers[e.Number]; {
		case e.Number < 0 || e.Number > 8:
			r.fault(path+".number", "%d is not between 1 and 8, nor 0 for an extension", e.Number)
		case e.Number > 0 && taken:
			r.fault(path+".number", "%d is %s already", e.Number, other)
		case e.Number > 0 && e.Heading == "":
			r.fault(path+".heading", "the heading on the help page is missing")
		case e.Number == 0 && !strings.HasPrefix(string(e.Code), "ext_"):
			r.fault(path, "the code of an extension begins with ext_")
		}
		numbers[e.Number] = string(e.Code)
	}
	for _, d := range r.set.Details {
		r.validateDetail("details."+string(d.Code), d)
	}
}

type part struct {
	key  string
	text Text
}

func parts(title, explanation, remedy, operations Text) []part {
	return []part{{".title", title}, {".explanation", explanation}, {".remedy", remedy}, {".operations", operations}}
}

func (r *reading) validateDetail(path string, d DetailEntry) {
	used := map[string]bool{}
	for _, x := range parts(d.Title, d.Explanation, d.Remedy, d.Operations) {
		r.both(path+x.key, x.text)
		zh, en := placeholders(x.text.ZH), placeholders(x.text.EN)
		if !slices.Equal(zh, en) {
			r.fault(path+x.key, "zh has the placeholders %v, en has %v", zh, en)
		}
		for _, name := range slices.Concat(zh, en) {
			if used[name] = true; d.Params[name] == "" {
				r.fault(path+x.key, "placeholder {%s} is not among the params", name)
			}
		}
	}
	for _, name := range sortedKeys(d.Params) {
		kind := d.Params[name]
		oneOf(r, path+".params."+name, kinds, kind)
		if !used[name] {
			r.fault(path+".params."+name, "no text uses this placeholder")
		}
		for _, key := range exampleKeys(name, kind) {
			if v := d.Example[key]; !kind.fits(v) {
				r.fault(path+".example."+key, "%q is no value of the kind %s", v, kind)
			}
		}
	}
}

// exampleKeys are the names under which a placeholder's values come.
func exampleKeys(name string, kind Kind) []string {
	if kind == KindWords {
		return []string{name + "_zh", name + "_en"}
	}
	return []string{name}
}

// placeholders lists the placeholders of a text, sorted, each once.
func placeholders(s string) []string {
	set := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		set[m[1]] = true
	}
	return sortedKeys(set)
}

// both asks for a text in both languages, of a length that people read, with no
// brace that is no placeholder.
func (r *reading) both(path string, t Text) {
	for _, x := range []struct{ lang, text string }{{"zh", t.ZH}, {"en", t.EN}} {
		key := path + "." + x.lang
		switch {
		case strings.TrimSpace(x.text) == "":
			r.fault(key, "the text is missing")
		case utf8.RuneCountInString(x.text) > maxText:
			r.fault(key, "the text has more than %d characters", maxText)
		case strings.ContainsAny(placeholder.ReplaceAllString(x.text, ""), "{}"):
			r.fault(key, "a brace stands for no placeholder")
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
