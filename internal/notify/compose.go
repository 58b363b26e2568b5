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
	return mailContent{p.Subject, tidy(text.String()), html.String()}, nil
}

var manyLines = regexp.MustCompile(`\n[ \t]*\n([ \t]*\n)+`)

// tidy leaves one empty line where a template left several.
func tidy(s string) string { return strings.TrimSpace(manyLines.ReplaceAllString(s, "\n\n")) + "\n" }
