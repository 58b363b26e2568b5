package netguard

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Guard decides which addresses may be dialled.
type Guard struct {
	// Allow lists networks that are fine although they are not public, for
	// receivers on the operator's own premises.
	Allow []netip.Prefix
	// Only lets nothing through but what is allowed, for what must not cross the internet.
	Only bool
	// Ports that may be dialled; empty means any.
	Ports []uint16
}

// Dialer returns a dialer that asks the guard for every connection, after DNS
// and before the first packet. It must be used without a proxy: a proxy's
// address is all that the guard would see.
func (g Guard) Dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, ControlContext: g.control}
}

func (g Guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q is no address", ErrForbidden, address)
	}
	return g.Permit(target)
}

// Permit returns an error that wraps ErrForbidden unless the guard lets a
// connection to the target through.
func (g Guard) Permit(target netip.AddrPort) error {
	addr := target.Addr().Unmap()
	if slices.ContainsFunc(g.Allow, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return nil
	}
	if g.Only {
		return fmt.Errorf("%w: %s is in none of the allowed networks", ErrForbidden, addr)
	}
	if len(g.Ports) > 0 && !slices.Contains(g.Ports, target.Port()) {
		return fmt.Errorf("%w: port %d is not among %v", ErrForbidden, target.Port(), g.Ports)
	}
	return Check(target.Addr())
}
