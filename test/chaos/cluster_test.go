//go:build chaos

package chaos

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"realname/internal/bus"
	"realname/internal/devstack"
)

// The leader of the stream is killed while submissions come in, twice; the
// others go on, and what it had not handed on is rung again.
func TestAClusterLosesItsLeader(t *testing.T) {
	w := newWorld(t, shortDir(t), 3)
	w.runAll(shipped, "NATS_REPLICAS=3")
	stopped := make(chan struct{})
	clients := w.load.run(stopped, 60*time.Millisecond)
	for range 2 {
		for before := w.load.sent.Load(); w.load.sent.Load() < before+60; {
			<-time.After(10 * time.Millisecond)
		}
		n := w.leader()
		n.Kill()
		for before := w.load.sent.Load(); w.load.sent.Load() < before+60; {
			<-time.After(10 * time.Millisecond)
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
	}
	close(stopped)
	clients.Wait()
	w.settle(quiet)
	w.verify()
}

// leader is the node that leads the stream of reviews.
func (w *world) leader() *devstack.Node {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		nc, err := nats.Connect(w.nodes[0].URL + "," + w.nodes[1].URL + "," + w.nodes[2].URL)
		if err != nil {
			continue
		}
		js, err := jetstream.New(nc)
		if err != nil {
			w.t.Fatal(err)
		}
		asked, done := context.WithTimeout(ctx, 2*time.Second)
		s, err := js.Stream(asked, bus.Reviews.Stream)
		done()
		nc.Close()
		if err != nil || s.CachedInfo().Cluster == nil {
			continue
		}
		i := slices.IndexFunc(w.nodes, func(n *devstack.Node) bool { return n.Name == s.CachedInfo().Cluster.Leader })
		if i >= 0 {
			return w.nodes[i]
		}
	}
	w.t.Fatal("the stream has no leader")
	return nil
}
