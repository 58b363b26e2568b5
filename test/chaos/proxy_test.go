//go:build chaos

package chaos

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The states of a link.
const (
	open     = iota
	cut      // nobody is there: connections are closed and refused
	reset    // connections end with RST, new ones pass
	halfOpen // connections stay and nothing passes
	slow     // 5 kB a second
	late     // half a second each way
	linkStates
)

// link is a TCP proxy between one service and one server.
type link struct {
	addr    string // where the service connects
	network string // of the server
	target  string
	state   atomic.Int64
	mu      sync.Mutex
	conns   map[net.Conn]bool
}

func newLink(t testing.TB, network, target string) *link {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &link{addr: l.Addr().String(), network: network, target: target, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); k.end(false) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go k.serve(c.(*net.TCPConn))
		}
	}()
	return k
}

// set changes the state; what must not go on ends at once.
func (k *link) set(state int64) {
	if state == reset {
		k.end(true)
		state = open
	}
	if k.state.Store(state); state == cut {
		k.end(false)
	}
}

func (k *link) end(abort bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for c := range k.conns {
		if tcp, ok := c.(*net.TCPConn); ok && abort {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
	clear(k.conns)
}

func (k *link) serve(c *net.TCPConn) {
	defer func() { _ = c.Close() }()
	if k.state.Load() == cut {
		return
	}
	s, err := net.Dial(k.network, k.target)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	k.mu.Lock()
	k.conns[c], k.conns[s] = true, true
	k.mu.Unlock()
	go k.pass(s, c)
	k.pass(c, s)
	k.mu.Lock()
	delete(k.conns, c)
	delete(k.conns, s)
	k.mu.Unlock()
}

// pass copies one way as the state has it, and ends both when one ends.
func (k *link) pass(from, to net.Conn) {
	defer func() { _ = to.Close() }()
	b := make([]byte, 32<<10)
	for {
		room := len(b)
		if k.state.Load() == slow {
			room = 512
		}
		n, err := from.Read(b[:room])
		switch k.state.Load() {
		case slow:
			<-time.After(time.Duration(n) * time.Second / 5000)
		case late:
			<-time.After(500 * time.Millisecond)
		case halfOpen:
			n = 0 // swallowed; the peer learns nothing
		}
		if _, werr := to.Write(b[:n]); err != nil || werr != nil {
			return
		}
	}
}
