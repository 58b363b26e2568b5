package notify

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"realname/internal/review"
)

const mailTimeout = 30 * time.Second

// EmailConfig is how mail leaves.
type EmailConfig struct {
	Host     string
	Port     int
	User     string // empty: no authentication
	Password string
	From     string // an address, with or without a name
	// PlainText allows a server without STARTTLS; for a relay on this machine only.
	PlainText bool
}

// EmailSender writes to the registrant in plain text and HTML.
type EmailSender struct {
	conf EmailConfig
	from string // domain of the sender, for Message-IDs
}

// NewEmailSender checks the configuration by making a message with it.
func NewEmailSender(c EmailConfig) (*EmailSender, error) {
	from, err := addressDomain(c.From)
	if err != nil {
		return nil, err
	}
	return &EmailSender{conf: c, from: from}, nil
}

// Send writes one mail. The Message-ID comes from the delivery, so that a mail
// sent twice around a crash is recognised as one.
func (s *EmailSender) Send(ctx context.Context, d review.Delivery, n Notice) Result {
	if n.To.Address == "" {
		return Result{Try: Try{Error: "the registrant gave no mail address"}, Final: true}
	}
	msg, err := s.message(d, n)
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	client, err := s.client()
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return failedMail(err)
	}
	return Result{Delivered: true, Try: Try{Status: 250}}
}

func (s *EmailSender) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(s.conf.Port), mail.WithTimeout(mailTimeout), mail.WithTLSPolicy(mail.TLSMandatory)}
	if s.conf.PlainText {
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if s.conf.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.conf.User), mail.WithPassword(s.conf.Password))
	}
	c, err := mail.NewClient(s.conf.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("make mail client: %w", err)
	}
	return c, nil
}

func (s *EmailSender) message(d review.Delivery, n Notice) (*mail.Msg, error) {
	content, err := compose(n)
	if err != nil {
		return nil, err
	}
	m := mail.NewMsg()
	if err := m.From(s.conf.From); err != nil {
		return nil, errors.New("the sender's address is not valid")
	}
	if err := m.To(n.To.Address); err != nil {
		return nil, errors.New("the registrant's mail address is not valid") // the address itself is personal data
	}
	m.Subject(content.Subject)
	m.SetMessageIDWithValue(d.ID + "@" + s.from)
	m.SetDateWithValue(n.Timestamp)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", string(n.To.Language))
	m.SetBodyString(mail.TypeTextPlain, content.Text)
	m.AddAlternativeString(mail.TypeTextHTML, content.HTML)
	return m, nil
}

// failedMail keeps the server's code and whether it is temporary, never its
// words: they tend to repeat the recipient.
func failedMail(err error) Result {
	var send *mail.SendError
	if !errors.As(err, &send) {
		return Result{Try: Try{Error: "the mail server could not be reached"}}
	}
	return Result{
		Try:   Try{Status: send.ErrorCode(), Error: "the mail server refused: " + send.Reason.String()},
		Final: !send.IsTemp() && send.ErrorCode() >= 500,
	}
}

// addressDomain is the part behind the @ of the sender.
func addressDomain(from string) (string, error) {
	addr, err := netmail.ParseAddress(from)
	if err != nil {
		return "", fmt.Errorf("sender address %q is not a mail address: %w", from, err)
	}
	return addr.Address[strings.LastIndexByte(addr.Address, '@')+1:], nil
}
