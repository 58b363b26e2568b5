package netguard

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// rebinding is a name server that answers the first question for an address with the
// one, and every later one with the other.
type rebinding struct {
	first, later netip.Addr
	asked        atomic.Int32
}

func (r *rebinding) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go r.serve(there)
		return here, nil
	}}
}

// serve answers questions as over TCP: each behind its length.
func (r *rebinding) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		data := make([]byte, binary.BigEndian.Uint16(size[:]))
		var m dnsmessage.Message
		if _, err := io.ReadFull(c, data); err != nil || m.Unpack(data) != nil {
			return
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			a := r.first
			if r.asked.Add(1) > 1 {
				a = r.later
			}
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: a.As4()}}}
		}
		out, err := m.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...)); err != nil {
			return
		}
	}
}

// Rule: what a name led to before says nothing; each connection is judged by the
// address that it is made to. A name that turns to a forbidden address opens no socket
// there.
func TestANameThatTurnsToAForbiddenAddressOpensNoSocket(t *testing.T) {
	open, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	_, port, _ := net.SplitHostPort(open.Addr().String())
	inner, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = inner.Close() }()
	var sockets atomic.Int32
	go func() {
		for {
			c, err := inner.Accept()
			if err != nil {
				return
			}
			sockets.Add(1)
			_ = c.Close()
		}
	}()
	names := &rebinding{first: netip.MustParseAddr("127.0.0.2"), later: netip.MustParseAddr("127.0.0.1")}
	d := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}}.Dialer(5 * time.Second)
	d.Resolver = names.resolver()
	for i := range 20 {
		c, err := d.DialContext(t.Context(), "tcp", "hook.registrar.example:"+port)
		if err == nil {
			_ = c.Close()
		}
		if (err == nil) != (i == 0) {
			t.Errorf("connection %d: %v", i+1, err)
		}
	}
	if asked, n := names.asked.Load(), sockets.Load(); asked < 20 || n != 0 {
		t.Errorf("%d sockets to the forbidden address, the name was looked up %d times", n, asked)
	}
}
