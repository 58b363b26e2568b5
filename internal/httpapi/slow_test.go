package httpapi

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"realname/internal/limit"
)

// slowly tells when an upload has begun.
type slowly struct {
	*world
	begun chan struct{}
}

func (s slowly) Put(ctx context.Context, key string, r io.Reader, n int64) (int64, error) {
	s.begun <- struct{}{}
	return s.world.Put(ctx, key, r, n)
}

// Rule: clients that send slowly are let in up to their bound; one more is told when to
// come again, and comes in once a place is free. Nothing of what was refused is kept.
func TestSlowClientsAreBounded(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{}, 10)
	w.Blobs, w.Uploads = slowly{w, begun}, &limit.Places{All: 3, Each: 2}
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	whole, kind := body(t, submissionPart(goodJSON), image)
	text := whole.String()
	head, tail := text[:strings.Index(text, "image bytes")], text[strings.Index(text, "image bytes"):]
	send := func(b io.Reader) (status int, wait string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/submissions", b)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", "Bearer "+w.key)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	var wg sync.WaitGroup
	var slow []*io.PipeWriter
	for range 2 {
		from, to := io.Pipe()
		slow = append(slow, to)
		wg.Go(func() {
			if status, _ := send(from); status != http.StatusAccepted {
				t.Errorf("a slow client is answered with %d", status)
			}
		})
		_, _ = io.WriteString(to, head) // its end is read by the request
		<-begun
	}
	if status, wait := send(strings.NewReader(text)); status != http.StatusTooManyRequests || wait == "" {
		t.Errorf("one too many: %d, Retry-After %q", status, wait)
	}
	for _, to := range slow {
		_, _ = io.WriteString(to, tail)
		_ = to.Close()
	}
	wg.Wait()
	if status, _ := send(strings.NewReader(text)); status != http.StatusAccepted {
		t.Errorf("once places are free: %d", status)
	}
	if len(w.subs) != 3 || len(w.blobs) != 3 {
		t.Errorf("%d submissions and %d documents, want 3", len(w.subs), len(w.blobs))
	}
}
