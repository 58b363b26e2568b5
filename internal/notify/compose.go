package notify

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"strings"
	texttemplate "text/template"
)

//go:embed templates
var templateFiles embed.FS

var (
	textTemplate = texttemplate.Must(texttemplate.New("mail.txt").Funcs(texttemplate.FuncMap{"add": add}).ParseFS(templateFiles, "templates/mail.txt"))
	htmlTemplate = htmltemplate.Must(htmltemplate.New("mail.html").ParseFS(templateFiles, "templates/mail.html"))
)

func add(a, b int) int { return a + b }

// mailContent is one mail in one language.
type mailContent struct {
	Subject, Text, HTML string
	Pictures            map[string][]byte // JPEGs that the HTML shows, by their content id
	Fault               string            // why the tenant's own words were not used, for the tenant; empty when they were
}

// compose renders the mail of a notice in its recipient's language, in the tenant's
// own words where there are some that say all. Where they do not, ours do: a mail
// that does not come, or leaves a remedy out, costs a registrant more than a tenant's
// wording is worth.
func compose(n Notice) (mailContent, error) {
	p, fault := newPage(n), ""
	var text, html strings.Builder
	if n.To.Letter != nil && p.Outcome != "" {
		own := p
		if err := n.To.Letter.write(&own, &text); err == nil {
			p = own
		} else {
			fault = "your letter could not be used, ours was sent: " + err.Error()
			text.Reset()
		}
	}
	if text.Len() == 0 {
		if err := textTemplate.Execute(&text, p); err != nil {
			return mailContent{}, fmt.Errorf("compose text: %w", err)
		}
	}
	if err := htmlTemplate.Execute(&html, p); err != nil {
		return mailContent{}, fmt.Errorf("compose HTML: %w", err)
	}
	return mailContent{p.Subject, tidy(text.String()), html.String(), referred(html.String(), n.To.Pictures), fault}, nil
}

// referred are the pictures that a mail refers to: no other is sent.
func referred(html string, pictures map[int][]byte) map[string][]byte {
	list := map[string][]byte{}
	for i, data := range pictures {
		if id := pictureID(i); strings.Contains(html, "cid:"+id) {
			list[id] = data
		}
	}
	return list
}

var manyLines = regexp.MustCompile(`\n[ \t]*\n([ \t]*\n)+`)

// tidy leaves one empty line where a template left several.
func tidy(s string) string { return strings.TrimSpace(manyLines.ReplaceAllString(s, "\n\n")) + "\n" }
