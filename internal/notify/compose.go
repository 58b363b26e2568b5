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
}

// compose renders the mail of a notice in its recipient's language, in the
// tenant's own words where there are some.
func compose(n Notice) (mailContent, error) {
	p := newPage(n)
	var text, html strings.Builder
	if n.To.Letter != nil && p.Outcome != "" {
		if err := n.To.Letter.write(&p, &text); err != nil {
			return mailContent{}, fmt.Errorf("compose letter: %w", err)
		}
	} else if err := textTemplate.Execute(&text, p); err != nil {
		return mailContent{}, fmt.Errorf("compose text: %w", err)
	}
	if err := htmlTemplate.Execute(&html, p); err != nil {
		return mailContent{}, fmt.Errorf("compose HTML: %w", err)
	}
	return mailContent{p.Subject, tidy(text.String()), html.String(), referred(html.String(), n.To.Pictures)}, nil
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
