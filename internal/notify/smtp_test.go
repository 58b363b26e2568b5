package notify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/rs/zerolog"

	"realname/internal/review"
	"realname/internal/rules"
)

// mailServer is a real server with a fault of its own.
type mailServer struct {
	conf   EmailConfig
	secure bool // of the last mail
	from   string
	mails  chan string
	fault  fault
	conn   *gosmtp.Conn
}

type fault struct {
	rcpt, data error
	drop       bool          // the connection, after the data was read
	rude       bool          // hangs up once it has taken a mail
	slow       time.Duration // over each word: the fault itself, which needs real time on a real connection
	from       error
}

func (s *mailServer) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	s.conn = c
	return s, nil
}

func (s *mailServer) Mail(from string, _ *gosmtp.MailOptions) error {
	_, s.secure = s.conn.TLSConnectionState()
	s.from = from
	time.Sleep(s.fault.slow)
	return s.fault.from
}
func (s *mailServer) Rcpt(string, *gosmtp.RcptOptions) error {
	time.Sleep(s.fault.slow)
	return s.fault.rcpt
}

func (s *mailServer) Reset() {
	if s.fault.rude && len(s.mails) > 0 {
		_ = s.conn.Conn().Close()
	}
}
func (s *mailServer) Logout() error { return nil }
func (s *mailServer) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if s.fault.drop {
		_ = s.conn.Conn().Close()
		return err
	}
	if s.fault.data == nil {
		s.mails <- string(data)
	}
	return s.fault.data
}

// startMail starts a server with STARTTLS, unless it is to have none.
func startMail(t *testing.T, f fault, withTLS bool) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{fault: f, mails: make(chan string, 4)}
	srv := gosmtp.NewServer(m)
	srv.Domain = "localhost"
	cert, pool := certificate(t)
	if withTLS {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	go func() { _ = srv.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = srv.Close(); _ = l.Close() })
	m.conf = EmailConfig{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "Realname <noreply@realname.example>",
		ReturnPath: "bounces@realname.example", Roots: pool}
	return m
}

// certificate is a server's own for the loopback address.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestMailGoesOutOverTLSWithItsReturnPath(t *testing.T) {
	m := startMail(t, fault{}, true)
	s, err := NewEmailSender(m.conf)
	if err != nil {
		t.Fatal(err)
	}
	d := emailDelivery()
	if got := s.Send(t.Context(), d, noticeIn(rules.English, rejected())); !got.Delivered {
		t.Fatalf("%+v", got)
	}
	mail := <-m.mails
	if !m.secure || m.from != "bounces+"+d.ID+"@realname.example" {
		t.Errorf("over TLS %v, from %s", m.secure, m.from)
	}
	if strings.Contains(mail, "List-Unsubscribe") {
		t.Error("a registrant cannot unsubscribe from what must be told")
	}
	d.Endpoint.ID, d.Endpoint.Target = "e1", "ops@registrar.example"
	if got := s.Send(t.Context(), d, everythingFor("batch", d.Endpoint.Target)); !got.Delivered {
		t.Fatalf("%+v", got)
	}
	if mail := <-m.mails; !strings.Contains(mail, "List-Unsubscribe: <mailto:bounces+unsubscribe-e1@realname.example>") {
		t.Errorf("operations cannot unsubscribe:\n%s", mail)
	}
}

func everythingFor(name, address string) Notice {
	n := everything(rules.English)[name]
	n.To.Address = address
	return n
}

func TestFaultsOfAMailServer(t *testing.T) {
	busy := &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "greylisted holder@example.com"}
	unknown := &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no holder@example.com here"}
	for _, c := range []struct {
		rule   string
		fault  fault
		noTLS  bool
		status int
		final  bool
		ours   bool
	}{
		{"4xx for the recipient is tried again", fault{rcpt: busy}, false, 451, false, false},
		{"5xx for the recipient is final", fault{rcpt: unknown}, false, 550, true, false},
		{"4xx for the mail is tried again", fault{data: busy}, false, 451, false, false},
		{"5xx for the mail is final", fault{data: unknown}, false, 550, true, false},
		{"a dropped connection is tried again", fault{drop: true}, false, 0, false, false},
		{"a server without STARTTLS gets nothing", fault{}, true, 0, false, true},
		{"5xx for our own address is our fault", fault{from: unknown}, false, 550, false, true},
		{"a server that takes longer than a lease is left", fault{slow: 300 * time.Millisecond}, false, 0, false, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			m := startMail(t, c.fault, !c.noTLS)
			s, err := NewEmailSender(m.conf)
			if err != nil {
				t.Fatal(err)
			}
			if c.fault.slow > 0 {
				s.within = 2*c.fault.slow - c.fault.slow/3 // longer than each word of the server's takes
			}
			got := s.Send(t.Context(), emailDelivery(), noticeIn(rules.English, rejected()))
			if got.Delivered || got.Final != c.final || got.Ours != c.ours || c.status != 0 && got.Status != c.status || got.Error == "" {
				t.Errorf("%+v", got)
			}
			if got.Blamed || strings.Contains(got.Error, "holder@") {
				t.Errorf("blames the endpoint or tells the address: %+v", got)
			}
			if len(m.mails) != 0 {
				t.Error("a mail arrived")
			}
		})
	}
}

// Rule: a mail that was taken is not sent again because of how the server says goodbye.
func TestARudeServerHasTakenTheMail(t *testing.T) {
	m := startMail(t, fault{rude: true}, true)
	s, err := NewEmailSender(m.conf)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Send(t.Context(), emailDelivery(), noticeIn(rules.English, rejected())); !got.Delivered || len(m.mails) != 1 {
		t.Errorf("%d mails taken, %+v", len(m.mails), got)
	}
}

func TestAServerWithAForeignCertificateGetsNothing(t *testing.T) {
	m := startMail(t, fault{}, true)
	m.conf.Roots = x509.NewCertPool()
	s, err := NewEmailSender(m.conf)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Send(t.Context(), emailDelivery(), noticeIn(rules.English, rejected())); got.Delivered || got.Final || len(m.mails) != 0 {
		t.Errorf("%+v", got)
	}
}

// came is what a store heard of mails that came back.
type came struct{ bounced, ended chan string }

func (c came) RecordBounce(_ context.Context, id, status string) error {
	if id == "unknown" {
		return review.ErrNotFound
	}
	c.bounced <- id + " " + status
	return nil
}

func (c came) Unsubscribe(_ context.Context, id string) error { c.ended <- id; return nil }

const report = "From: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n" +
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"

func TestMailsThatComeBackAreRecorded(t *testing.T) {
	c := came{make(chan string, 4), make(chan string, 4)}
	b := &Bounces{Returns: c, Address: "bounces@realname.example", Log: zerolog.Nop()}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := b.Server("")
	go func() { _ = srv.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = srv.Close(); _ = l.Close() })
	send := func(to, body string) error {
		return smtp.SendMail(l.Addr().String(), nil, "mailer-daemon@mx.example", []string{to}, []byte(body))
	}
	for _, x := range []struct {
		rule, to, body string
		ok             bool
	}{
		{"a failure", "bounces+d1@realname.example", report, true},
		{"an answer from a person is taken and says nothing", "bounces+d2@realname.example", "Subject: holiday\r\n\r\nback soon", true},
		{"a report of a delay says nothing", "bounces+d3@realname.example", strings.ReplaceAll(report, "failed", "delayed"), true},
		{"no delivery of ours", "bounces+unknown@realname.example", report, false},
		{"not the return path", "somebody@realname.example", report, false},
		{"another domain", "bounces+d1@elsewhere.example", report, false},
		{"no more", "bounces+unsubscribe-e1@realname.example", "Subject: no\r\n\r\n", true},
	} {
		if err := send(x.to, x.body); (err == nil) != x.ok {
			t.Errorf("%s: %v", x.rule, err)
		}
	}
	if len(c.bounced) != 1 || <-c.bounced != "d1 5.1.1" || len(c.ended) != 1 || <-c.ended != "e1" {
		t.Errorf("recorded %d bounces, %d ends", len(c.bounced), len(c.ended))
	}
}

func FuzzBounceStatus(f *testing.F) {
	f.Add(report)
	f.Add("Content-Type: multipart/report; boundary=\"\"\r\n\r\n--\r\n")
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) {
		if code, err := BounceStatus(strings.NewReader(s)); err == nil && !status.MatchString(code) {
			t.Errorf("status %q", code)
		}
	})
}
