package notify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rs/zerolog"

	"realname/internal/review"
)

// unsubscribe marks the return address of an endpoint's owner who wants no more.
const unsubscribe = "unsubscribe-"

const (
	maxBounce  = 256 << 10 // bytes of a mail that comes back
	bounceTime = 30 * time.Second
)

// Returns is what becomes of mails that come back: review.ErrNotFound for ids that
// are none of ours.
type Returns interface {
	RecordBounce(ctx context.Context, deliveryID, status string) error
	Unsubscribe(ctx context.Context, endpointID string) error
}

// Bounces takes the mails that come back to the return path, by SMTP from the
// operator's own mail server. It reads who and why, and keeps nothing else.
type Bounces struct {
	Returns Returns
	Address string // the return path
	Log     zerolog.Logger
}

// Server is a mail server for the return path alone.
func (b *Bounces) Server(listen string) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &returned{bounces: b}, nil }))
	s.Addr, s.Domain = listen, b.Address[strings.LastIndexByte(b.Address, '@')+1:]
	s.MaxMessageBytes, s.MaxRecipients, s.ReadTimeout, s.WriteTimeout = maxBounce, 1, bounceTime, bounceTime
	return s
}

// returned is one conversation.
type returned struct {
	bounces *Bounces
	id      string // behind the plus
}

func (r *returned) Mail(string, *smtp.MailOptions) error { return nil }

var (
	errNotOurs = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such address"}
	errLater   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
)

func (r *returned) Rcpt(to string, _ *smtp.RcptOptions) error {
	local, domain, _ := strings.Cut(r.bounces.Address, "@")
	id, ok := strings.CutPrefix(strings.ToLower(to), strings.ToLower(local)+"+")
	if !ok {
		return errNotOurs
	}
	if r.id, ok = strings.CutSuffix(id, "@"+strings.ToLower(domain)); !ok {
		return errNotOurs
	}
	return nil
}

func (r *returned) Data(body io.Reader) error {
	ctx, cancel := context.WithTimeout(context.Background(), bounceTime)
	defer cancel()
	var err error
	if endpoint, ok := strings.CutPrefix(r.id, unsubscribe); ok {
		err = r.bounces.Returns.Unsubscribe(ctx, endpoint)
	} else {
		err = r.bounce(ctx, body)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, review.ErrNotFound):
		return errNotOurs
	}
	r.bounces.Log.Error().Err(err).Msg("a mail that came back could not be recorded")
	return errLater
}

func (r *returned) bounce(ctx context.Context, body io.Reader) error {
	status, err := BounceStatus(body)
	if err != nil {
		return nil //nolint:nilerr // no report, such as an answer from a person on holiday: nothing came back
	}
	return r.bounces.Returns.RecordBounce(ctx, r.id, status)
}

func (r *returned) Reset()        { r.id = "" }
func (r *returned) Logout() error { return nil }

var status = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`) // a comment may follow

// ErrNoReport means that a mail is no report of a failed delivery.
var ErrNoReport = errors.New("not a report of a failed delivery")

// BounceStatus reads the status of a failed delivery, such as 5.1.1, from a report
// by RFC 3464; ErrNoReport for any other mail, also a report of a delay.
func BounceStatus(r io.Reader) (string, error) {
	m, err := netmail.ReadMessage(bufio.NewReader(io.LimitReader(r, maxBounce)))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoReport, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return "", ErrNoReport
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoReport, err)
		}
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind == "message/delivery-status" || kind == "message/global-delivery-status" {
			return failedStatus(p)
		}
	}
}

// failedStatus reads the groups of a delivery status: first of the message, then
// of each recipient.
func failedStatus(r io.Reader) (string, error) {
	groups := textproto.NewReader(bufio.NewReader(r))
	for {
		h, err := groups.ReadMIMEHeader()
		if code := status.FindString(h.Get("Status")); strings.EqualFold(h.Get("Action"), "failed") && code != "" {
			return code, nil
		}
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoReport, err)
		}
	}
}
