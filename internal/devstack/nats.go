package devstack

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// NATS is a JetStream server in this process, reached over loopback TCP.
type NATS struct {
	URL  string
	dir  string
	port int
	srv  *server.Server
}

// StartNATS starts a server that keeps its streams in dir, on a free loopback
// port. Postgres is the truth, so the default fsync interval is enough here.
func StartNATS(dir string) (*NATS, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, p, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", addr, err)
	}
	port, err := strconv.Atoi(p)
	if err != nil {
		return nil, fmt.Errorf("read port of %s: %w", addr, err)
	}
	n := &NATS{URL: "nats://" + addr, dir: dir, port: port}
	return n, n.Start()
}

// Start starts the server again after Stop, at the same URL and store.
func (n *NATS) Start() error {
	srv, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: n.port, JetStream: true, StoreDir: n.dir,
		NoSigs: true, NoLog: true, SyncInterval: 2 * time.Minute,
	})
	if err != nil {
		return fmt.Errorf("make NATS server: %w", err)
	}
	srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		srv.Shutdown()
		return errors.New("NATS server was not ready within 10 s")
	}
	n.srv = srv
	return nil
}

// Stop ends the server; its streams stay in the directory.
func (n *NATS) Stop() {
	if n.srv != nil {
		n.srv.Shutdown()
		n.srv.WaitForShutdown()
		n.srv = nil
	}
}

// Dir is where the streams are kept.
func (n *NATS) Dir() string { return n.dir }
