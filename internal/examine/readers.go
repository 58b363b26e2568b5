package examine

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/semaphore"

	"realname/internal/reader"
)

// readers lends readers, each to one goroutine at a time. One is loaded when all that
// there are are in use, and the one that was used last goes first, so that a place
// that is hardly ever needed takes no memory until it is.
type readers struct {
	places *semaphore.Weighted
	mu     sync.Mutex
	idle   []*reader.Reader
}

func newReaders(n int) *readers { return &readers{places: semaphore.NewWeighted(int64(n))} }

func (p *readers) take(ctx context.Context) (*reader.Reader, error) {
	if err := p.places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if r := p.last(); r != nil {
		return r, nil
	}
	r, err := reader.New()
	if err != nil {
		p.places.Release(1)
		return nil, fmt.Errorf("load reader: %w", err)
	}
	return r, nil
}

// last takes the reader that was used last; nil when there is none.
func (p *readers) last() *reader.Reader {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	r := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return r
}

func (p *readers) giveBack(r *reader.Reader) {
	p.mu.Lock()
	p.idle = append(p.idle, r)
	p.mu.Unlock()
	p.places.Release(1)
}

// close ends the readers that are not in use.
func (p *readers) close() {
	for r := p.last(); r != nil; r = p.last() {
		r.Close()
	}
}
