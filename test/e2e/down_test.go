package e2e

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/review"
	"realname/internal/specimen"
)

// running is a whole stack; its services are the real programs.
type running struct {
	*demo.Stack
	demo.Client
	receiver *demo.Receiver
	item     demo.Item
	image    []byte
}

// startServers starts the servers alone.
func startServers(t *testing.T) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "rn-e2e-") // short: it holds a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	receiver, err := demo.StartReceiver()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(receiver.Stop)
	s, err := demo.StartStack(t.Context(), demo.Options{Dir: dir, Listen: "127.0.0.1:0", Webhook: receiver.URL, Log: app.LogConfig{Level: "disabled", Format: "text"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return &running{Stack: s, Client: demo.Client{URL: s.URL, Key: s.Key}, receiver: receiver, item: demo.Items(time.Now())[0]}
}

// startAll starts the servers and the three programs.
func startAll(t *testing.T) *running {
	t.Helper()
	r := startServers(t)
	for _, name := range []string{"ingest", "worker", "notifier"} {
		startService(t, r.Stack, name)
	}
	var err error
	if r.image, err = specimen.Draw(r.item.Specimen); err != nil {
		t.Fatal(err)
	}
	if err := r.Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *running) submit(ctx context.Context) (demo.Accepted, error) {
	return r.Submit(ctx, "", r.item.Name+".example", r.item.Declared, r.item.Specimen.Role, "jpg", r.image)
}

// decided waits until the attempt was told and returns it.
func (r *running) decided(t *testing.T, a demo.Accepted) demo.Attempt {
	t.Helper()
	select {
	case <-r.receiver.Ended(a.AttemptID):
	case <-time.After(90 * time.Second):
		t.Fatal("not decided within 90 s")
	}
	got, err := r.Attempt(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Issue: S3 down and Postgres down are answered 503 with nothing accepted; NATS
// down is accepted and reviewed later.
func TestServersThatAreDown(t *testing.T) {
	r := startAll(t)
	ctx := t.Context()
	first, err := r.submit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.decided(t, first); got.Outcome == nil || got.Outcome.Kind != review.Approved {
		t.Fatalf("before anything was down: %+v", got)
	}
	for name, server := range map[string]demo.Server{"S3": r.S3(), "Postgres": r.Postgres()} {
		server.Stop()
		_, err := r.submit(ctx)
		if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), `"unavailable"`) {
			t.Errorf("%s down: %v", name, err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		again, err := r.submit(ctx)
		if err != nil {
			t.Fatalf("%s up again: %v", name, err)
		}
		if got := r.decided(t, again); got.Outcome.Kind != review.Approved {
			t.Errorf("%s up again: %+v", name, got)
		}
	}
	r.NATS().Stop()
	waiting, err := r.submit(ctx)
	if err != nil {
		t.Fatalf("NATS down: %v", err)
	}
	if err := r.NATS().Start(); err != nil {
		t.Fatal(err)
	}
	if got := r.decided(t, waiting); got.Outcome.Kind != review.Approved {
		t.Errorf("NATS down and up: %+v", got)
	}
}
