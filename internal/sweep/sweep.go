package sweep

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/erase"
)

// Sweep runs the duties.
type Sweep struct {
	Store     Store
	Publisher Publisher
	Now       func() time.Time
	Log       zerolog.Logger
	// Interval is how often the duties look; the relay is also woken by changes.
	Interval time.Duration
	// Late is how long queued work may lie untouched before it is rung again.
	Late time.Duration
	// MaxCrashes is how many workers an attempt may take down.
	MaxCrashes int
	// Fairness is who goes first.
	Fairness Fairness
	// Eraser erases what was asked for and what was kept long enough; nil where the
	// documents cannot be reached.
	Eraser *erase.Eraser

	turn      chan struct{} // of the duties: one at a time
	window    window        // of the relay alone
	admission admission     // of the relay alone
}

// duty is one kind of upkeep. Its step does what is due now and says how much
// it was.
type duty struct {
	name string
	step func(context.Context) (int, error)
	// rest is called after a look that found another process at it; nil for nothing.
	rest func()
}

func (s *Sweep) duties() []duty {
	list := []duty{
		{name: "rescue", step: s.rescue},
		{name: "late", step: s.ringLate},
		{name: "eligible", step: s.eligible},
		{name: "ask", step: s.askAgain},
		{name: "batches", step: s.Store.FinishBatches},
		{name: "deadlines", step: s.deadlines},
		{name: "digests", step: s.digests},
		{name: "backlog", step: s.backlog, rest: forgetBacklog},
		{name: "pictures", step: s.pictures},
	}
	if s.Eraser != nil {
		list = append(list, duty{name: "expire", step: s.expire}, duty{name: "erase", step: s.erase}, duty{name: "unowned", step: s.Eraser.Unowned})
	}
	return list
}

// Run runs all duties until ctx ends.
func (s *Sweep) Run(ctx context.Context) {
	s.turn = make(chan struct{}, 1)
	var wg sync.WaitGroup
	wg.Go(func() { s.relayLoop(ctx) })
	for _, d := range s.duties() {
		wg.Go(func() { s.loop(ctx, d) })
	}
	wg.Wait()
}

// loop runs one duty at every interval, wherever it runs, one process at a time.
func (s *Sweep) loop(ctx context.Context, d duty) {
	tick := time.NewTicker(s.Interval)
	defer tick.Stop()
	for {
		s.inTurn(ctx, d)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// inTurn runs one duty while no other runs. Each holds a connection for its lock
// and needs another for its work; all at once they could hold every connection of
// the pool and wait for one more for ever.
func (s *Sweep) inTurn(ctx context.Context, d duty) {
	select {
	case s.turn <- struct{}{}:
		s.once(ctx, d)
		<-s.turn
	case <-ctx.Done():
	}
}

func (s *Sweep) once(ctx context.Context, d duty) {
	var n int
	start := time.Now()
	led, err := s.Store.Lead(ctx, d.name, func(ctx context.Context) (err error) {
		n, err = d.step(ctx)
		return err
	})
	watch(d.name, start, led, n, err)
	if !led && d.rest != nil {
		d.rest()
	}
	switch {
	case err != nil && ctx.Err() == nil:
		s.Log.Error().Err(err).Str("duty", d.name).Msg("sweep failed, will be tried again")
	case n > 0:
		s.Log.Info().Str("duty", d.name).Int("count", n).Msg("swept")
	}
}
