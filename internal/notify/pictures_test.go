package notify

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

// illustrated is the notice of a refusal whose first finding and whose advice have a
// picture each, as the service addresses it.
func illustrated(t *testing.T, l rules.Lang, change func(*memory, *review.Delivery)) Notice {
	t.Helper()
	m, d, s := newMemory(), emailDelivery(), rejected()
	m.jpegs = map[int][]byte{0: []byte("\xff\xd8first"), 2: []byte("\xff\xd8advice")}
	s.Attempts[0].Declared.Language = string(l)
	change(m, &d)
	subject := Subject{Submission: s}
	n, err := (&Service{Store: m}).address(context.Background(), NewNotice(d, subject, catalogue{}), subject, d)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pictureParts are the bodies of a mail's image parts by content id, and its HTML.
func pictureParts(t *testing.T, raw []byte) (pictures map[string]int, html string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	pictures = map[string]int{}
	var walk func(kind string, body io.Reader)
	walk = func(kind string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			return
		}
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextPart()
			if err != nil {
				return
			}
			data := new(bytes.Buffer)
			_, _ = data.ReadFrom(p)
			switch media := p.Header.Get("Content-Type"); {
			case strings.HasPrefix(media, "image/jpeg"):
				pictures[p.Header.Get("Content-Id")] = data.Len()
			case strings.HasPrefix(media, "text/html"):
				html = data.String()
			default:
				walk(media, bytes.NewReader(data.Bytes()))
			}
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	return pictures, html
}

// Rule: the registrant's own mail shows the place that a finding is about, said in
// words for who sees no pictures; and a mail goes out without when there is none.
func TestAMailShowsThePlaceOfAFinding(t *testing.T) {
	server := testenv.SMTP(t)
	sender := emailSender(t, server)
	for l, alt := range map[rules.Lang]string{rules.Chinese: "红框标出的一处（blurred title zh-CN）", rules.English: "framed in red (blurred title en)"} {
		for rule, c := range map[string]struct {
			change func(*memory, *review.Delivery)
			want   int
		}{
			"to the registrant": {func(*memory, *review.Delivery) {}, 1}, // advice needs none
			"no picture":        {func(m *memory, _ *review.Delivery) { m.jpegs = map[int][]byte{} }, 0},
			"the store fails":   {func(m *memory, _ *review.Delivery) { m.jpegs = nil }, 0},
			"to operations":     {func(_ *memory, d *review.Delivery) { d.Endpoint.Target = "ops@registrar.example" }, 0},
			"a letter's frame": {func(m *memory, _ *review.Delivery) {
				m.letter = &Letter{"s", "{{range .Must}}{{.Remedy}} {{end}}{{.Deadline}}"}
			}, 0},
		} {
			if got := sender.Send(t.Context(), emailDelivery(), illustrated(t, l, c.change)); !got.Delivered {
				t.Fatalf("%s: %+v", rule, got)
			}
			m := <-server.Arrived
			pictures, html := pictureParts(t, m.Data)
			if len(pictures) != c.want || strings.Contains(html, "cid:") != (c.want > 0) || strings.Contains(html, alt) != (c.want > 0) {
				t.Errorf("%s %s: pictures %v\n%s", l, rule, pictures, m.Data)
			}
			if _, ok := pictures["<finding-0@realname>"]; c.want > 0 && (!ok || !strings.Contains(html, `src="cid:finding-0@realname"`)) {
				t.Errorf("%s %s: the HTML and its picture have different names: %v\n%s", l, rule, pictures, html)
			}
		}
	}
}
