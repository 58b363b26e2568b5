package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"realname/internal/failpoint"
	"realname/internal/review"
)

// Sender hands one notice to one endpoint, once.
type Sender interface {
	Send(ctx context.Context, d review.Delivery, n Notice) Result
}

// Result is how one try ended.
type Result struct {
	Try
	Delivered  bool
	Final      bool          // trying again cannot help
	Gone       bool          // the receiver wants no more at all
	Blamed     bool          // the endpoint failed, not this one message
	Ours       bool          // our own mail server failed: neither the message nor the endpoint
	RetryAfter time.Duration // the receiver asked to wait
}

// try composes and sends a delivery once. An error means that our own store
// could not say what it is about.
func (s *Service) try(ctx context.Context, d review.Delivery) (Result, error) {
	sender, ok := s.Senders[d.Endpoint.Kind]
	if !ok {
		return Result{Try: Try{At: s.Now(), Error: "no sender for channel " + string(d.Endpoint.Kind)}, Final: true}, nil
	}
	notice, err := s.notice(ctx, d)
	if err != nil {
		return Result{}, err
	}
	start := s.Now()
	failpoint.Hit("notify-before-post")
	r := sender.Send(ctx, d, notice)
	failpoint.Hit("notify-after-post")
	r.At, r.Took = start, s.Now().Sub(start)
	r.Answer, r.Error = storable(r.Answer), storable(r.Error)
	return r, nil
}

// notice is what a delivery says. What many endpoints are told at about the same
// time is loaded once.
func (s *Service) notice(ctx context.Context, d review.Delivery) (Notice, error) {
	load := func() (Notice, Subject, error) {
		subject, err := s.Store.Subject(ctx, d)
		if err != nil {
			return Notice{}, subject, fmt.Errorf("load subject of delivery: %w", err)
		}
		return NewNotice(d, subject, s.Catalogue), subject, nil
	}
	key := d.Event + "/" + d.AttemptID + d.BatchID + d.AboutID
	if d.AttemptID+d.BatchID+d.AboutID == "" {
		key = d.ID // nothing in common with another
	}
	n, subject, err := s.notices.get(key, s.Now(), load)
	if err != nil {
		return n, err
	}
	n.Timestamp = d.CreatedAt.UTC()
	return s.address(ctx, n, subject, d)
}

const (
	cacheLife = 10 * time.Second
	cacheSize = 2048
)

// cache keeps notices for a moment.
type cache struct {
	mu   sync.Mutex
	of   map[string]*cached
	till time.Time
}

type cached struct {
	once    sync.Once
	notice  Notice
	subject Subject
	err     error
}

// get returns the notice of a key, loading it once. All are dropped together when
// the oldest has come of age: simple, and right often enough.
func (c *cache) get(key string, now time.Time, load func() (Notice, Subject, error)) (Notice, Subject, error) {
	c.mu.Lock()
	if now.After(c.till) || len(c.of) >= cacheSize {
		c.of, c.till = map[string]*cached{}, now.Add(cacheLife)
	}
	x, ok := c.of[key]
	if !ok {
		x = &cached{}
		c.of[key] = x
	}
	c.mu.Unlock()
	x.once.Do(func() { x.notice, x.subject, x.err = load() })
	if x.err != nil {
		c.mu.Lock()
		delete(c.of, key) // the next one tries again
		c.mu.Unlock()
	}
	return x.notice, x.subject, x.err
}
