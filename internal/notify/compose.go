package notify

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

//go:embed templates
var templateFiles embed.FS

var funcs = map[string]any{"instant": instant}

var (
	textTemplates = texttemplate.Must(texttemplate.New("").Funcs(funcs).ParseFS(templateFiles, "templates/*.txt"))
	htmlTemplates = htmltemplate.Must(htmltemplate.New("").Funcs(funcs).ParseFS(templateFiles, "templates/*.html"))
)

// mailContent is one mail in one language.
type mailContent struct {
	Subject, Text, HTML string
}

// Letter is a tenant's own words.
type Letter struct {
	Subject, Body string
}

// view is what the templates see: one language, findings grouped by what the
// registrant has to do with them.
type view struct {
	Language rules.Lang
	Data     Attempt
	Primary  Text
	Must     []Text // to be repaired
	Waits    []Text // solved by time or by a person
	Advice   []Text // warnings
}

// compose renders the mail of a notice in its recipient's language.
func compose(n Notice) (mailContent, error) {
	v := newView(n)
	suffix := "zh"
	if v.Language == rules.English {
		suffix = "en"
	}
	var subject, text, html strings.Builder
	if err := textTemplates.ExecuteTemplate(&subject, "subject."+suffix+".txt", v); err != nil {
		return mailContent{}, fmt.Errorf("compose subject: %w", err)
	}
	if err := textTemplates.ExecuteTemplate(&text, "mail."+suffix+".txt", v); err != nil {
		return mailContent{}, fmt.Errorf("compose text: %w", err)
	}
	if err := htmlTemplates.ExecuteTemplate(&html, "mail."+suffix+".html", v); err != nil {
		return mailContent{}, fmt.Errorf("compose HTML: %w", err)
	}
	return mailContent{strings.TrimSpace(subject.String()), text.String(), html.String()}, nil
}

func newView(n Notice) view {
	data, _ := n.Data.(Attempt)
	v := view{Language: n.To.Language, Data: data}
	if data.Primary != nil {
		v.Primary = data.Primary.Texts[v.Language]
	}
	for _, item := range data.Findings {
		t := item.Texts[v.Language]
		switch item.Severity {
		case review.Fail:
			v.Must = append(v.Must, t)
		case review.Hold, review.Manual:
			v.Waits = append(v.Waits, t)
		default:
			v.Advice = append(v.Advice, t)
		}
	}
	return v
}

// instant shows an instant in Shanghai, where all of the registrant's dates count.
func instant(t time.Time, l string) string {
	t = t.In(review.Shanghai)
	if l == string(rules.English) {
		return t.Format("2 January 2006, 15:04") + " (Beijing time)"
	}
	return t.Format("2006 年 1 月 2 日 15:04") + "（北京时间）"
}
