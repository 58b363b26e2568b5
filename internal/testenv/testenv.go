// Package testenv gives tests real servers: a migrated Postgres database per
// test, a NATS server, an S3 bucket and a mail sink. One cluster and one
// gateway serve all tests of a package. A missing server fails the test; nothing
// is skipped.
//
// A package that uses it declares
//
//	func TestMain(m *testing.M) { testenv.Main(m) }
package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"realname/internal/devstack"
)

// Main runs the tests and stops the servers they shared.
func Main(m *testing.M) {
	devstack.RunChild()
	dir, err := os.MkdirTemp("", "realname-test-")
	if err == nil {
		err = os.Chmod(dir, 0o711) // the account that Postgres runs as passes through
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testenv:", err)
		os.Exit(1)
	}
	shared.dir = dir
	code := m.Run()
	shared.stop()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// servers are those that the tests of one package share; each starts on first
// use.
type servers struct {
	dir   string
	mu    sync.Mutex
	pg    *devstack.Postgres
	s3    *devstack.S3
	count int // databases and buckets made, for their names
}

var shared servers

func (s *servers) stop() {
	if s.pg != nil {
		s.pg.Kill() // nothing in it is worth a shutdown checkpoint
	}
	if s.s3 != nil {
		s.s3.Stop()
	}
}

// subdir makes a directory of the package's shared ones. The caller holds mu.
func (s *servers) subdir(t testing.TB, name string) string {
	t.Helper()
	if s.dir == "" {
		t.Fatal("testenv: declare func TestMain(m *testing.M) { testenv.Main(m) }")
	}
	dir := filepath.Join(s.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatalf("testenv: %v", err)
	}
	return dir
}
