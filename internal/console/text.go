package console

import (
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"realname/internal/rules"
)

//go:embed texts.yaml
var textsFile []byte

// texts is every text of the console. A test holds that each is there in both
// languages and is used.
var texts = readTexts()

func readTexts() map[string]rules.Text {
	list := map[string]rules.Text{}
	if err := yaml.UnmarshalWithOptions(textsFile, &list, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("read texts.yaml: %v", err)) // it is embedded
	}
	return list
}

func known(key string) bool {
	_, ok := texts[key]
	return ok
}

// say gives a text with its values. A key that is none stands for itself: a page
// with a wrong word is better than none.
func say(l rules.Lang, key string, args ...any) string {
	t, ok := texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return t.In(l)
	}
	return fmt.Sprintf(t.In(l), args...)
}

// preferences are how a person wants their pages.
type preferences struct {
	Lang  rules.Lang
	Theme string // light, dark, or empty: as the system has it
	// Columns are those that lists of submissions show.
	Columns map[string]bool
}

// The cookies of the preferences; they say nothing about anybody.
const (
	cookieLang  = "realname-lang"
	cookieTheme = "realname-theme"
)

// readPreferences takes the person's choice, else the browser's first language
// that we have, else Chinese.
func readPreferences(r *http.Request) preferences {
	p := preferences{Lang: rules.Chinese, Columns: readColumns(r)}
	if c, err := r.Cookie(cookieTheme); err == nil && (c.Value == "light" || c.Value == "dark") {
		p.Theme = c.Value
	}
	if c, err := r.Cookie(cookieLang); err == nil && (c.Value == string(rules.Chinese) || c.Value == string(rules.English)) {
		p.Lang = rules.Lang(c.Value)
		return p
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag := strings.ToLower(strings.TrimSpace(part))
		if strings.HasPrefix(tag, "zh") {
			return p
		}
		if strings.HasPrefix(tag, "en") {
			p.Lang = rules.English
			return p
		}
	}
	return p
}

// choices are the cookies of the preferences and what each may hold.
var choices = map[string]struct {
	cookie string
	values []string
}{
	"lang":  {cookieLang, []string{string(rules.Chinese), string(rules.English)}},
	"theme": {cookieTheme, []string{"light", "dark"}},
}

// keep puts a preference into the browser.
func keep(w http.ResponseWriter, r *request, cookie, value string) {
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: value, Path: Root, MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: !loopback(r.Request), SameSite: http.SameSiteLaxMode})
}

// postPreferences keeps a choice in the browser.
func (c *Console) postPreferences(w http.ResponseWriter, r *request) error {
	for field, choice := range choices {
		if value := r.PostFormValue(field); slices.Contains(choice.values, value) {
			keep(w, r, choice.cookie, value)
		}
	}
	http.Redirect(w, r.Request, back(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}
