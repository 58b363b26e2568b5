package devstack

import (
	"context"
	"fmt"
	"net"
	"time"
)

// awaitListening returns when a server accepts connections at the address. The
// servers have no other signal that reaches us, hence the short poll.
func awaitListening(ctx context.Context, network, addr string) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial(network, addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", addr, ctx.Err())
		case <-tick.C:
		}
	}
}
