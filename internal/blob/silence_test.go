package blob

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// quiet answers as storage would and then says nothing, until it is released.
func quiet(t *testing.T, begin func(http.ResponseWriter)) *Store {
	t.Helper()
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(released); server.Close() })
	return reach(t, server.Listener.Addr())
}

func reach(t *testing.T, a net.Addr) *Store {
	t.Helper()
	s, err := New(Config{Endpoint: a.String(), Bucket: "specimens", AccessKey: "a", SecretKey: "b", Region: "us-east-1", Silence: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Rule: a body that falls silent ends soon with an error of ours, never as a
// document that is shorter.
func TestASilentBodyEnds(t *testing.T) {
	s := quiet(t, func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		_, _ = w.Write([]byte("begin"))
		_ = http.NewResponseController(w).Flush()
	})
	r, err := s.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := io.ReadAll(r)
	if !errors.Is(err, errSilent) || string(got) != "begin" {
		t.Errorf("read %q and %v", got, err)
	}
}

// Rule: so does storage that accepts a request and never answers it.
func TestASilentStorageEnds(t *testing.T) {
	s := quiet(t, func(http.ResponseWriter) {})
	if _, err := s.Get(t.Context(), "k"); !errors.Is(err, errSilent) {
		t.Errorf("got %v", err)
	}
}

// Rule: so does an upload that nobody takes.
func TestAnUploadThatNobodyTakesEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts: the kernel takes what its buffers hold
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	s := reach(t, l.Addr())
	body := io.MultiReader(bytes.NewReader(make([]byte, small+1)), &zeros{64 << 20})
	if _, err := s.Put(t.Context(), "k", body, small+1+64<<20); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("got %v", err)
	}
}

type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(len(p), z.left)
	if n == 0 {
		return 0, io.EOF
	}
	z.left -= n
	return n, nil
}
