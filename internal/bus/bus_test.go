package bus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/devstack"
	"realname/internal/sweep"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func connect(t *testing.T, n *devstack.NATS) *Bus {
	t.Helper()
	b, err := Connect(n.URL, 1, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// consume starts a consumer whose ids come on the channel.
func consume(t *testing.T, b *Bus, h Handler) <-chan string {
	t.Helper()
	ids := make(chan string, 1024)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		b.Consume(ctx, Reviews, 4, func(ctx context.Context, id string) error {
			if err := h(ctx, id); err != nil {
				return err
			}
			ids <- id
			return nil
		})
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return ids
}

// Rule: what goes by express waits in a queue of its own, and the other one does not
// hear of it.
func TestExpressHasAQueueOfItsOwn(t *testing.T) {
	b := connect(t, testenv.NATS(t))
	results := b.Publish(t.Context(), []sweep.Ring{{ID: 1, Subject: Reviews.Subject, Ref: "a"}, {ID: 2, Subject: Reviews.Subject, Ref: "b", Express: true}})
	if err := errors.Join(results...); err != nil {
		t.Fatal(err)
	}
	for _, look := range []func(context.Context) (sweep.Waiting, error){b.Waiting, b.WaitingExpress} {
		if w, err := look(t.Context()); err != nil || w.Waiting != 1 {
			t.Errorf("%+v, %v", w, err)
		}
	}
}

func accept(context.Context, string) error { return nil }

// ring publishes until NATS has acknowledged, as the relay does.
func ring(t *testing.T, b *Bus, ids ...string) {
	t.Helper()
	for i, id := range ids {
		r := sweep.Ring{ID: int64(i), Subject: Reviews.Subject, Ref: id}
		for b.Publish(t.Context(), []sweep.Ring{r})[0] != nil {
			if t.Context().Err() != nil {
				t.Fatal("the test ended before NATS acknowledged")
			}
		}
	}
}

func awaitAll(t *testing.T, ids <-chan string, want ...string) {
	t.Helper()
	left := map[string]bool{}
	for _, w := range want {
		left[w] = true
	}
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for len(left) > 0 {
		select {
		case id := <-ids:
			delete(left, id)
		case <-limit.C:
			t.Fatalf("still waiting for %v", left)
		}
	}
}

func TestEveryMessageIsHandledOnceAtLeast(t *testing.T) {
	b := connect(t, testenv.NATS(t))
	ids := consume(t, b, accept)
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprintf("id-%d", i))
	}
	ring(t, b, want...)
	awaitAll(t, ids, want...)
}

func TestAHandlersErrorBringsTheMessageBack(t *testing.T) {
	b := connect(t, testenv.NATS(t))
	var once sync.Once
	ids := consume(t, b, func(context.Context, string) (err error) {
		once.Do(func() { err = fmt.Errorf("not now") })
		return err
	})
	ring(t, b, "a")
	awaitAll(t, ids, "a")
}

func TestConsumingGoesOnAfterTheConsumerWasDeleted(t *testing.T) {
	b := connect(t, testenv.NATS(t))
	ids := consume(t, b, accept)
	ring(t, b, "before")
	awaitAll(t, ids, "before")
	if err := b.js.DeleteConsumer(t.Context(), Reviews.Stream, Reviews.Consumer); err != nil {
		t.Fatal(err)
	}
	ring(t, b, "after")
	awaitAll(t, ids, "after")
}

func TestConsumingGoesOnAfterTheStreamWasDeleted(t *testing.T) {
	b := connect(t, testenv.NATS(t))
	ids := consume(t, b, accept)
	ring(t, b, "before")
	awaitAll(t, ids, "before")
	if err := b.js.DeleteStream(t.Context(), Reviews.Stream); err != nil {
		t.Fatal(err)
	}
	ring(t, b, "after")
	awaitAll(t, ids, "after")
}

func TestConsumingGoesOnAfterTheServerLostItsStore(t *testing.T) {
	n := testenv.NATS(t)
	b := connect(t, n)
	ids := consume(t, b, accept)
	ring(t, b, "before")
	awaitAll(t, ids, "before")
	n.Stop()
	entries, err := filepath.Glob(filepath.Join(n.Dir(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	ring(t, b, "after")
	awaitAll(t, ids, "after")
}

func TestAServerThatIsDownIsNoErrorAtStart(t *testing.T) {
	n := testenv.NATS(t)
	n.Stop()
	b, err := Connect(n.URL, 1, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if b.Connected() {
		t.Error("connected to a stopped server")
	}
	if err := b.Publish(t.Context(), []sweep.Ring{{ID: 1, Subject: Reviews.Subject, Ref: "x"}})[0]; err == nil {
		t.Error("publishing to a stopped server was acknowledged")
	}
	ids := consume(t, b, accept)
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	ring(t, b, "x")
	awaitAll(t, ids, "x")
}

// A message carries an id and nothing else.
func TestAMessageIsAnID(t *testing.T) {
	m := message(t.Context(), sweep.Ring{ID: 7, Subject: "s", Ref: "ref"})
	if string(m.Data) != "ref" || len(m.Header) != 1 {
		t.Errorf("message %q with headers %v", m.Data, m.Header)
	}
}
