package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// silence is how long storage may send nothing while an object is read, and take
// nothing of an upload: a connection that lost its other end says nothing for ever.
const silence = 15 * time.Second

var errSilent = errors.New("the storage fell silent")

// watched ends a read that waits for longer than the limit. Time between two reads
// is the caller's own.
type watched struct {
	io.ReadCloser
	ctx   context.Context // ends the request that the body belongs to
	end   context.CancelCauseFunc
	limit time.Duration
	alarm *time.Timer
}

// watch makes the context of one request, and what ends it after the limit.
func watch(ctx context.Context, limit time.Duration) *watched {
	w := &watched{limit: limit}
	w.ctx, w.end = context.WithCancelCause(ctx)
	w.alarm = time.AfterFunc(limit, func() { w.end(fmt.Errorf("%w for %v", errSilent, limit)) })
	return w
}

// pause stops the clock, and says what really ended a request that failed.
func (w *watched) pause(err error) error {
	w.alarm.Stop()
	if cause := context.Cause(w.ctx); err != nil && !errors.Is(err, io.EOF) && errors.Is(cause, errSilent) {
		return cause
	}
	return err
}

func (w *watched) Read(p []byte) (int, error) {
	w.alarm.Reset(w.limit)
	n, err := w.ReadCloser.Read(p)
	return n, w.pause(err)
}

func (w *watched) Close() error {
	w.alarm.Stop()
	w.end(nil)
	return w.ReadCloser.Close()
}

// taking is a connection whose writes end when the other side takes nothing.
type taking struct {
	net.Conn
	limit time.Duration
}

func (c taking) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// dial connects for at most the limit.
func dial(limit time.Duration) func(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: limit, KeepAlive: limit}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return taking{c, limit}, nil
	}
}
