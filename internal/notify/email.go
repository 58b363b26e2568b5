package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"realname/internal/review"
)

// mailTimeout bounds one mail from the first packet to the last; it is below the
// lease of a delivery, or a slow server would be sent the same mail again and again.
const mailTimeout = 45 * time.Second

// EmailConfig is how mail leaves.
type EmailConfig struct {
	Host     string
	Port     int
	User     string // empty: no authentication
	Password string
	From     string // an address, with or without a name
	// ReturnPath is where mails that cannot be delivered come back to; the
	// delivery's id is put behind its local part with a plus. Empty: to From.
	ReturnPath string
	// Roots are the authorities that the server's certificate may come from; nil
	// means those of this machine.
	Roots *x509.CertPool
	// PlainText allows a server without STARTTLS; for a relay on this machine only.
	PlainText bool
}

// EmailSender writes to the registrant in plain text and HTML.
type EmailSender struct {
	conf   EmailConfig
	from   string        // domain of the sender, for Message-IDs
	within time.Duration // that a mail must be gone
}

// NewEmailSender checks the configuration by making a message with it.
func NewEmailSender(c EmailConfig) (*EmailSender, error) {
	from, err := addressDomain(c.From)
	if err != nil {
		return nil, err
	}
	if c.ReturnPath != "" {
		if _, err := addressDomain(c.ReturnPath); err != nil {
			return nil, err
		}
	}
	return &EmailSender{conf: c, from: from, within: mailTimeout}, nil
}

// Send writes one mail. The Message-ID comes from the delivery, so that a mail
// sent twice around a crash is recognised as one.
func (s *EmailSender) Send(ctx context.Context, d review.Delivery, n Notice) Result {
	if n.To.Address == "" {
		return Result{Try: Try{Error: "the registrant gave no mail address"}, Final: true}
	}
	content, err := compose(n)
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	msg, err := s.message(d, n, content)
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Ours: true}
	}
	// A server that took the mail and hangs up rudely has taken it.
	if err := client.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() {
		return failedMail(err)
	}
	return Result{Delivered: true, Try: Try{Status: 250, Answer: content.Fault}}
}

// dialUntil dials connections that end with ctx: the library's own time-out begins
// anew with every word of the server.
func dialUntil(ctx context.Context) mail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialing, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
}

func (s *EmailSender) client(ctx context.Context) (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(s.conf.Port), mail.WithTimeout(s.within), mail.WithDialContextFunc(dialUntil(ctx)), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(&tls.Config{ServerName: s.conf.Host, MinVersion: tls.VersionTLS12, RootCAs: s.conf.Roots})}
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

func (s *EmailSender) message(d review.Delivery, n Notice, content mailContent) (*mail.Msg, error) {
	m := mail.NewMsg()
	if err := m.From(s.conf.From); err != nil {
		return nil, errors.New("the sender's address is not valid")
	}
	if err := m.To(n.To.Address); err != nil {
		return nil, errors.New("the registrant's mail address is not valid") // the address itself is personal data
	}
	if err := s.returnPath(m, d, n); err != nil {
		return nil, err
	}
	m.Subject(content.Subject)
	m.SetMessageIDWithValue(d.ID + "@" + s.from)
	m.SetDateWithValue(n.Timestamp)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", string(n.To.Language))
	m.SetBodyString(mail.TypeTextPlain, content.Text)
	m.AddAlternativeString(mail.TypeTextHTML, content.HTML)
	addPictures(m, content.Pictures)
	return m, nil
}

// addPictures adds what the HTML shows, named by nothing but its place.
func addPictures(m *mail.Msg, pictures map[string][]byte) {
	for _, id := range slices.Sorted(maps.Keys(pictures)) {
		name, _, _ := strings.Cut(id, "@")
		_ = m.EmbedReader(name+".jpg", bytes.NewReader(pictures[id]), mail.WithFileContentID("<"+id+">"), mail.WithFileContentType("image/jpeg")) // from memory: it cannot fail
	}
}

// returnPath tells where the mail comes back to when it cannot be delivered. What
// is sent to operations in numbers can be ended by mail to the same place; what a
// registrant must know cannot.
func (s *EmailSender) returnPath(m *mail.Msg, d review.Delivery, n Notice) error {
	if s.conf.ReturnPath == "" {
		return nil
	}
	if err := m.EnvelopeFrom(plus(s.conf.ReturnPath, d.ID)); err != nil {
		return errors.New("the return path is not valid")
	}
	if d.Endpoint.Target != "" {
		m.SetGenHeader("List-Unsubscribe", "<mailto:"+plus(s.conf.ReturnPath, unsubscribe+d.Endpoint.ID)+">")
	}
	return nil
}

// plus puts a detail behind the local part of an address.
func plus(address, detail string) string {
	at := strings.LastIndexByte(address, '@')
	return address[:at] + "+" + detail + address[at:]
}

// failedMail keeps the server's code and whether it is temporary, never its
// words: they tend to repeat the recipient.
func failedMail(err error) Result {
	var send *mail.SendError
	if !errors.As(err, &send) {
		return Result{Try: Try{Error: "our mail server could not be reached"}, Ours: true}
	}
	r := Result{Try: Try{Status: send.ErrorCode(), Error: "the mail server refused: " + send.Reason.String()}}
	switch send.Reason {
	case mail.ErrSMTPDataClose, mail.ErrWriteContent: // it may even have been taken
		r.Final = !send.IsTemp() && r.Status >= 500
	case mail.ErrSMTPRcptTo, mail.ErrSMTPData: // about this mail, if there was an answer
		r.Final, r.Ours = !send.IsTemp() && r.Status >= 500, r.Status == 0
	default: // no mail at all would have gone
		r.Ours = true
	}
	return r
}

// addressDomain is the part behind the @ of the sender.
func addressDomain(from string) (string, error) {
	addr, err := netmail.ParseAddress(from)
	if err != nil {
		return "", fmt.Errorf("sender address %q is not a mail address: %w", from, err)
	}
	return addr.Address[strings.LastIndexByte(addr.Address, '@')+1:], nil
}
