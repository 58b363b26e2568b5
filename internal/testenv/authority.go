package testenv

import (
	"testing"

	"realname/internal/devstack"
)

// Authority starts a stand-in for an issuing body.
func Authority(t testing.TB) *devstack.Authority {
	t.Helper()
	s, err := devstack.StartAuthority(t.TempDir())
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}
