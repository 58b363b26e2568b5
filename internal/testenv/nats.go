package testenv

import (
	"testing"

	"realname/internal/devstack"
)

// NATS starts a JetStream server for this test alone, which it may stop and
// start again.
func NATS(t testing.TB) *devstack.NATS {
	t.Helper()
	n, err := devstack.StartNATS(t.TempDir())
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	t.Cleanup(n.Stop)
	return n
}

// SMTP starts a mail sink whose messages come on its channel.
func SMTP(t testing.TB) *devstack.SMTP {
	t.Helper()
	s, err := devstack.StartSMTP("")
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	s.Arrived = make(chan devstack.Mail, 1024)
	t.Cleanup(s.Stop)
	return s
}
