package authority

import (
	"context"
	"slices"
	"sync"
	"time"

	"realname/internal/review"
)

// gatherer asks together what is asked at about the same time.
type gatherer struct {
	source BulkSource
	most   int
	wait   time.Duration

	mu   sync.Mutex
	next *group
}

// group is the questions of one request to be.
type group struct {
	list    []Question
	answers []review.AuthorityAnswer
	full    chan struct{} // closed when no more fit
	done    chan struct{} // closed when the answers are there
}

// Gather makes a source of a bulk one: a question waits for others, no longer than
// the given time and until there are so many.
func Gather(s BulkSource, most int, wait time.Duration) Source {
	return &gatherer{source: s, most: most, wait: wait}
}

// Ask implements Source.
func (g *gatherer) Ask(ctx context.Context, q Question) review.AuthorityAnswer {
	mine, i := g.join(ctx, q)
	select {
	case <-mine.done:
		return mine.answers[i]
	case <-ctx.Done():
		return Unavailable("", "the question was taken back")
	}
}

// join adds a question to the next request; the first one sees to it that it is sent.
func (g *gatherer) join(ctx context.Context, q Question) (*group, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next == nil {
		g.next = &group{full: make(chan struct{}), done: make(chan struct{})}
		go g.send(context.WithoutCancel(ctx), g.next) // others depend on it; the source bounds its time
	}
	mine := g.next
	mine.list = append(mine.list, q)
	if len(mine.list) >= g.most {
		close(mine.full)
		g.next = nil
	}
	return mine, len(mine.list) - 1
}

func (g *gatherer) send(ctx context.Context, mine *group) {
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-mine.full:
	}
	g.mu.Lock()
	if g.next == mine {
		g.next = nil
	}
	g.mu.Unlock()
	defer close(mine.done)
	mine.answers = g.askAll(ctx, mine.list)
}

// askAll has an answer for every question, whatever the source does: it runs in
// nobody's hands, where a panic would end the process.
func (g *gatherer) askAll(ctx context.Context, list []Question) (answers []review.AuthorityAnswer) {
	defer func() {
		if recover() != nil || len(answers) != len(list) {
			answers = slices.Repeat([]review.AuthorityAnswer{Unavailable("", Panicked)}, len(list))
		}
	}()
	return g.source.AskAll(ctx, list)
}
