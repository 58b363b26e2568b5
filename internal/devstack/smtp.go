package devstack

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/emersion/go-smtp"
)

// Mail is one message as it arrived.
type Mail struct {
	From string
	To   []string
	Data []byte // headers and body
}

// SMTP is a mail server that keeps what it gets: in memory, on a channel, and
// as numbered .eml files when it has a directory.
type SMTP struct {
	Address string // host:port
	// Arrived gets every message; a reader must drain it or set it to nil.
	Arrived chan Mail

	dir   string
	srv   *smtp.Server
	lis   net.Listener
	mu    sync.Mutex
	count int
}

// StartSMTP listens on a free loopback port. An empty dir keeps no files.
func StartSMTP(dir string) (*SMTP, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make mail directory: %w", err)
		}
	}
	s := &SMTP{Address: l.Addr().String(), dir: dir, lis: l}
	s.srv = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{sink: s}, nil
	}))
	s.srv.Domain = "localhost"
	s.srv.MaxMessageBytes = 10 << 20
	go func() { _ = s.srv.Serve(l) }() // ends with Stop
	return s, nil
}

// Stop closes the server and, should it not have begun to serve, the listener.
func (s *SMTP) Stop() {
	_ = s.srv.Close()
	_ = s.lis.Close()
}

func (s *SMTP) keep(m Mail) error {
	s.mu.Lock()
	s.count++
	n := s.count
	s.mu.Unlock()
	if s.dir != "" {
		name := filepath.Join(s.dir, fmt.Sprintf("%05d.eml", n))
		if err := os.WriteFile(name, m.Data, 0o600); err != nil {
			return fmt.Errorf("keep mail: %w", err)
		}
	}
	if s.Arrived != nil {
		s.Arrived <- m
	}
	return nil
}

// session is one SMTP conversation.
type session struct {
	sink *SMTP
	mail Mail
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.mail.From = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r) // bounded by MaxMessageBytes
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	s.mail.Data = data
	return s.sink.keep(s.mail)
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }
