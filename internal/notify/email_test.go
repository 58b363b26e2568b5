package notify

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"realname/internal/devstack"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func emailSender(t *testing.T, server *devstack.SMTP) *EmailSender {
	t.Helper()
	host, port, _ := strings.Cut(server.Address, ":")
	s, err := NewEmailSender(EmailConfig{Host: host, Port: atoi(port), From: "Realname <noreply@realname.example>", PlainText: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func emailDelivery() review.Delivery {
	return review.Delivery{ID: "0199aaaa-0000-7000-8000-000000000002", Event: "attempt.decided", AttemptID: "att",
		CreatedAt: noon, Endpoint: review.Endpoint{Kind: review.Email}}
}

func noticeIn(l rules.Lang, s review.Submission) Notice {
	s.Attempts[0].Declared.Language = string(l)
	d := emailDelivery()
	n, err := (&Service{Store: newMemory()}).address(context.Background(), NewNotice(d, Subject{Submission: s}, catalogue{}), Subject{Submission: s}, d)
	if err != nil {
		panic(err)
	}
	return n
}

// parts returns subject and decoded bodies by media type.
func parts(t *testing.T, raw []byte) (header mail.Header, subject string, bodies map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	bodies = map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, subject, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		media, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		bodies[media] = string(text)
	}
}

func TestMailNamesReasonFindingsAndRemediesInTheRecipientsLanguage(t *testing.T) {
	server := testenv.SMTP(t)
	sender := emailSender(t, server)
	for lang, phrase := range map[rules.Lang]string{rules.Chinese: "未通过", rules.English: "not passed"} {
		got := sender.Send(t.Context(), emailDelivery(), noticeIn(lang, rejected()))
		if !got.Delivered {
			t.Fatalf("%s: %+v", lang, got)
		}
		m := <-server.Arrived
		header, subject, bodies := parts(t, m.Data)
		if !strings.Contains(subject, "material_unclear title "+string(lang)) || !strings.Contains(subject, "example.cn") {
			t.Errorf("%s: subject %q", lang, subject)
		}
		for _, media := range []string{"text/plain", "text/html"} {
			for _, want := range []string{phrase, "blurred remedy", "name_bracket remedy", "near_expiry remedy", "2026"} {
				if media == "text/html" && want == phrase {
					continue // the HTML says it in its heading in other words
				}
				if !strings.Contains(bodies[media], want) {
					t.Errorf("%s %s lacks %q", lang, media, want)
				}
			}
		}
		if id := header.Get("Message-ID"); id != "<"+emailDelivery().ID+"@realname.example>" {
			t.Errorf("Message-ID %q must come from the delivery", id)
		}
		if strings.Contains(string(m.Data), "SPECIMEN-NUMBER") || strings.Contains(bodies["text/plain"], "样本甲") {
			t.Errorf("%s: the mail tells a name or number", lang)
		}
	}
}

func TestEveryOutcomeComposes(t *testing.T) {
	for _, kind := range []review.Kind{review.Approved, review.Rejected, review.Deferred, review.ManualReview} {
		for _, lang := range languages {
			s := rejected()
			o := s.Attempts[0].Outcome
			o.Kind = kind
			o.EligibleAt = time.Date(2026, 12, 3, 0, 0, 0, 0, review.Shanghai)
			if kind == review.Approved {
				o.Primary, o.Reasons, o.Findings = "", nil, nil
			}
			content, err := compose(noticeIn(lang, s))
			if err != nil {
				t.Errorf("%s %s: %v", kind, lang, err)
			}
			if content.Subject == "" || strings.Contains(content.Text+content.HTML, "<no value>") {
				t.Errorf("%s %s: subject %q", kind, lang, content.Subject)
			}
			if kind == review.Deferred && !strings.Contains(content.Text, "2026") {
				t.Errorf("%s: a deferral must name its date", lang)
			}
		}
	}
}

func TestAMissingOrBrokenAddressIsFinalAndNotRepeated(t *testing.T) {
	sender := emailSender(t, testenv.SMTP(t))
	for rule, address := range map[string]string{"no address": "", "not an address": "nobody at all"} {
		n := noticeIn(rules.English, rejected())
		n.To.Address = address
		got := sender.Send(t.Context(), emailDelivery(), n)
		if got.Delivered || !got.Final {
			t.Errorf("%s: %+v", rule, got)
		}
		if address != "" && strings.Contains(got.Error, address) {
			t.Errorf("%s: the error repeats the address", rule)
		}
	}
}

func TestAMailServerThatIsDownIsTriedAgain(t *testing.T) {
	server := testenv.SMTP(t)
	sender := emailSender(t, server)
	server.Stop()
	got := sender.Send(t.Context(), emailDelivery(), noticeIn(rules.English, rejected()))
	if got.Delivered || got.Final || got.Error == "" {
		t.Errorf("%+v", got)
	}
}
