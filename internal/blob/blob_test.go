package blob

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func open(t *testing.T, b testenv.Bucket) *Store {
	t.Helper()
	s, err := New(Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBytesComeBackAsTheyWere(t *testing.T) {
	s := open(t, testenv.S3(t))
	for range 2 { // making it twice is fine
		if err := s.EnsureBucket(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for rule, c := range map[string]struct{ size, declared int64 }{
		"empty": {0, 0}, "small": {1000, 1000}, "unknown size": {300_000, -1}, "empty of unknown size": {0, -1},
		"at the edge of small": {small, -1}, "just above small": {small + 1, -1}, "several parts of unknown size": {11 << 20, -1},
	} {
		data := bytes.Repeat([]byte("0123456789"), int(c.size)/10+1)[:c.size]
		n, err := s.Put(t.Context(), "k/"+rule, bytes.NewReader(data), c.declared)
		if err != nil || n != c.size {
			t.Fatalf("%s: wrote %d (%v)", rule, n, err)
		}
		r, err := s.Get(t.Context(), "k/"+rule)
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: read %d bytes (%v)", rule, len(got), err)
		}
		_ = r.Close()
	}
}

func TestAMissingObjectIsSaidSo(t *testing.T) {
	s := open(t, testenv.S3(t))
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "none"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Delete(t.Context(), "none"); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the client went away") }

func TestAnUploadThatBreaksLeavesNothing(t *testing.T) {
	s := open(t, testenv.S3(t))
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1000, 6 << 20} {
		r := io.MultiReader(bytes.NewReader(make([]byte, size)), broken{})
		if _, err := s.Put(t.Context(), "torn", r, -1); err == nil {
			t.Fatalf("%d bytes: no error", size)
		}
	}
	if _, err := s.Get(t.Context(), "torn"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatIsDownIsAnError(t *testing.T) {
	server, b := testenv.OwnS3(t)
	s := open(t, b)
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	ctx := t.Context()
	if err := s.Ping(ctx); err == nil {
		t.Error("a stopped server answered")
	}
}

// A signed chunk after an empty body once stayed on the connection and spoilt
// whatever request came next on it.
func TestAnEmptyUploadLeavesTheConnectionInOrder(t *testing.T) {
	s := open(t, testenv.S3(t))
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if _, err := s.Put(t.Context(), "empty", bytes.NewReader(nil), -1); err != nil {
			t.Fatalf("put %d: %v", i, err)
		}
		r, err := s.Get(t.Context(), "empty")
		if err != nil {
			t.Fatalf("get %d: %v", i, err)
		}
		_ = r.Close()
	}
}
