package netguard

import (
	"errors"
	"fmt"
	"net/netip"
)

// ErrForbidden marks an address that no outgoing request may reach.
var ErrForbidden = errors.New("the address is not public")

var (
	globalUnicast = netip.MustParsePrefix("2000::/3") // all that IANA has opened for IPv6 unicast
	nat64         = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour     = netip.MustParsePrefix("2002::/16")
)

// Check returns an error that wraps ErrForbidden unless the address is public:
// globally reachable by IANA's registries, unicast, and, where an IPv6 address
// carries an IPv4 one, public in that one too.
func Check(a netip.Addr) error {
	if a.Zone() != "" {
		return fmt.Errorf("%w: it names a zone of this machine", ErrForbidden)
	}
	a = a.Unmap()
	if !a.IsValid() || a.IsMulticast() || a.IsUnspecified() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsPrivate() {
		return fmt.Errorf("%w: %s", ErrForbidden, a)
	}
	if inner, ok := embedded(a); ok {
		return Check(inner)
	}
	if b, ok := special(a); ok {
		if b.global {
			return nil
		}
		return fmt.Errorf("%w: %s is %s", ErrForbidden, a, b.name)
	}
	if a.Is6() && !globalUnicast.Contains(a) {
		return fmt.Errorf("%w: %s is outside the global unicast space", ErrForbidden, a)
	}
	return nil
}

// embedded returns the IPv4 address that a translating or tunnelling IPv6
// address leads to.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214
		return netip.AddrFrom4([4]byte(b[12:16])), true
	}
	return netip.Addr{}, false
}
