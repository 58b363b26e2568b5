package netguard

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Every block that IANA does not call globally reachable is refused at its
// first, a middle and its last address, plain and in every embedding.
func TestRegistryBlocksAreRefusedInEverySpelling(t *testing.T) {
	tried := 0
	for _, b := range blocks {
		if b.global || nat64.Overlaps(b.prefix) || sixToFour.Overlaps(b.prefix) {
			continue
		}
		for _, a := range samples(b.prefix) {
			if s, _ := special(a); s.global {
				continue // a smaller block inside it is reachable
			}
			for _, spelling := range spellings(a) {
				tried++
				if err := Check(spelling); !errors.Is(err, ErrForbidden) {
					t.Errorf("%s (%s) was let through as %s", a, b.name, spelling)
				}
			}
		}
	}
	if tried < 400 {
		t.Errorf("only %d spellings were tried", tried)
	}
}

// samples are the first, the second and the last address of a prefix.
func samples(p netip.Prefix) []netip.Addr {
	last := p.Addr().AsSlice()
	for i := p.Bits(); i < len(last)*8; i++ {
		last[i/8] |= 1 << (7 - i%8)
	}
	end, _ := netip.AddrFromSlice(last)
	list := []netip.Addr{p.Addr(), end}
	if next := p.Addr().Next(); p.Contains(next) {
		list = append(list, next)
	}
	return list
}

// spellings are the ways in which an address may hide.
func spellings(a netip.Addr) []netip.Addr {
	if !a.Is4() {
		return []netip.Addr{a}
	}
	b := a.As4()
	forms := []string{
		"::ffff:%02x%02x:%02x%02x", "::%02x%02x:%02x%02x", "64:ff9b::%02x%02x:%02x%02x",
		"2002:%02x%02x:%02x%02x::1", "64:ff9b:1::%02x%02x:%02x%02x",
		"2001:db8::5efe:%02x%02x:%02x%02x", "2001:470::200:5efe:%02x%02x:%02x%02x",
		"2001:0:%02x%02x:%02x%02x::1", "fe80::5efe:%02x%02x:%02x%02x",
	}
	list := []netip.Addr{a}
	for _, f := range forms {
		list = append(list, netip.MustParseAddr(fmt.Sprintf(f, b[0], b[1], b[2], b[3])))
	}
	return list
}

func TestPublicAddressesPass(t *testing.T) {
	for _, text := range []string{"8.8.8.8", "1.1.1.1", "192.0.0.9", "2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808", "2002:808:808::1"} {
		if err := Check(netip.MustParseAddr(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestOddAddressesAreRefused(t *testing.T) {
	for _, text := range []string{"224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "fe80::1%eth0", "8000::1", "4000::1", "::"} {
		if err := Check(netip.MustParseAddr(text)); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s was let through", text)
		}
	}
	if err := Check(netip.Addr{}); !errors.Is(err, ErrForbidden) {
		t.Error("the zero address was let through")
	}
}

// The guard sits in the dialer: a name that resolves to this machine opens no socket.
func TestTheDialerRefusesBeforeTheFirstPacket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		conn, err := Guard{}.Dialer(time.Second).DialContext(t.Context(), "tcp", host+":"+port)
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s was dialled", host)
		} else if !strings.Contains(err.Error(), ErrForbidden.Error()) && host != "localhost" {
			t.Errorf("%s: refused for another reason: %v", host, err)
		}
	}
	allowed := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	conn, err := allowed.Dialer(time.Second).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("an allowed network was refused: %v", err)
	}
	_ = conn.Close()
}

func TestOnlyTheNamedPortsAreDialled(t *testing.T) {
	g := Guard{Ports: []uint16{443, 8443}}
	public := netip.MustParseAddr("8.8.8.8")
	for port, want := range map[uint16]bool{443: true, 8443: true, 22: false, 6379: false} {
		if got := g.Permit(netip.AddrPortFrom(public, port)) == nil; got != want {
			t.Errorf("port %d: permitted %v, want %v", port, got, want)
		}
	}
}

func TestAChangedRegistryIsNoticed(t *testing.T) {
	for rule, text := range map[string]string{
		"columns moved":    "Block,Name\n10.0.0.0/8,x\n",
		"not a prefix":     "Address Block,Name,RFC,Allocation Date,Termination Date,Source,Destination,Forwardable,Globally Reachable,R\nnonsense,x,,,,,,,False,\n",
		"not a CSV at all": "\"",
	} {
		if _, err := parse(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", rule)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::1", "64:ff9b::7f00:1", "2002:7f00:1::"} {
		f.Add(netip.MustParseAddr(s).AsSlice())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, ok := netip.AddrFromSlice(raw)
		if ok && Check(a) == nil && (a.Unmap().IsLoopback() || a.Unmap().IsPrivate()) {
			t.Errorf("%s was let through", a)
		}
	})
}
