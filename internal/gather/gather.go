// Package gather lets concurrent callers share the cost of one call: whatever
// comes while one runs goes together into the next. A call that comes alone runs
// alone and at once; only after a shared one the next waits a moment, for those who
// were just answered and come again. It knows nothing of what is done.
package gather

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Answer is what one caller gets.
type Answer[Out any] struct {
	Value Out
	Err   error
}

// Gather runs one call at a time for all callers.
type Gather[In, Out any] struct {
	most    int
	timeout time.Duration
	run     func(context.Context, []In) []Answer[Out]

	mu      sync.Mutex
	waiting []*caller[In, Out]
	running bool
}

type caller[In, Out any] struct {
	in     In
	ctx    context.Context
	answer chan Answer[Out]
}

// New makes a gatherer of at most so many inputs a call. The function answers for
// each input at its place, within the timeout.
func New[In, Out any](most int, timeout time.Duration, run func(context.Context, []In) []Answer[Out]) *Gather[In, Out] {
	return &Gather[In, Out]{most: most, timeout: timeout, run: run}
}

// Do returns the answer for in. Whoever gives up before the call began has done
// nothing; after that the answer is waited for, since what is done is done.
func (g *Gather[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	c := &caller[In, Out]{in: in, ctx: ctx, answer: make(chan Answer[Out], 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	if !g.running {
		g.running = true
		go g.work()
	}
	g.mu.Unlock()
	select {
	case a := <-c.answer:
		return a.Value, a.Err
	case <-ctx.Done():
	}
	if g.withdraw(c) {
		var nothing Out
		return nothing, context.Cause(ctx)
	}
	a := <-c.answer
	return a.Value, a.Err
}

// withdraw reports whether the caller's call had not begun, and will not.
func (g *Gather[In, Out]) withdraw(c *caller[In, Out]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == c {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// A call waits for company for this share of what the last one took, at most so long.
// Without it two halves of the callers take turns, each call half as full.
const (
	companyShare = 4
	companyMost  = 2 * time.Millisecond
)

// work runs calls until nobody waits.
func (g *Gather[In, Out]) work() {
	for {
		batch := g.next()
		if batch == nil {
			return
		}
		start := time.Now()
		g.call(batch)
		if len(batch) > 1 {
			time.Sleep(min(time.Since(start)/companyShare, companyMost))
		}
	}
}

func (g *Gather[In, Out]) next() []*caller[In, Out] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), g.most)
	if n == 0 {
		g.running, g.waiting = false, nil
		return nil
	}
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}

var errMiscounted = errors.New("the gathered call answered for another number of inputs")

func (g *Gather[In, Out]) call(batch []*caller[In, Out]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(batch[0].ctx), g.timeout)
	defer cancel()
	list := make([]In, len(batch))
	for i, c := range batch {
		list[i] = c.in
	}
	answers := g.attempt(ctx, list)
	for i, c := range batch {
		if len(answers) != len(batch) {
			c.answer <- Answer[Out]{Err: errMiscounted}
			continue
		}
		c.answer <- answers[i]
	}
}

// attempt runs the call. A panic in it is an error for everybody who shares it: it
// runs in nobody's hands, where it would end the process.
func (g *Gather[In, Out]) attempt(ctx context.Context, list []In) (answers []Answer[Out]) {
	defer func() {
		if r := recover(); r != nil {
			answers = All[Out](len(list), fmt.Errorf("the gathered call panicked: %T", r))
		}
	}()
	return g.run(ctx, list)
}

// All is an answer of the same error for everybody.
func All[Out any](n int, err error) []Answer[Out] {
	list := make([]Answer[Out], n)
	for i := range list {
		list[i].Err = err
	}
	return list
}
