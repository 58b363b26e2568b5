package testenv

import (
	"fmt"
	"testing"

	"realname/internal/devstack"
)

// Bucket is how a test reaches a bucket of its own. The bucket is not made yet:
// that is the adapter's work.
type Bucket struct {
	Address   string // host:port, plain HTTP
	AccessKey string
	SecretKey string
	Name      string
}

// S3 returns a bucket name of this test's own on the package's gateway.
func S3(t testing.TB) Bucket {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.s3 == nil {
		s, err := devstack.StartS3(shared.subdir(t, "s3"))
		if err != nil {
			t.Fatalf("testenv: %v", err)
		}
		shared.s3 = s
	}
	return bucketOn(shared.s3)
}

// OwnS3 starts a gateway for this test alone, which it may stop and start again.
func OwnS3(t testing.TB) (*devstack.S3, Bucket) {
	t.Helper()
	s, err := devstack.StartS3(t.TempDir())
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	t.Cleanup(s.Stop)
	shared.mu.Lock()
	defer shared.mu.Unlock()
	return s, bucketOn(s)
}

// bucketOn names the next bucket. The caller holds the lock.
func bucketOn(s *devstack.S3) Bucket {
	shared.count++
	return Bucket{s.Address, s.AccessKey, s.SecretKey, fmt.Sprintf("test-%d", shared.count)}
}
