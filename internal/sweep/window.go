package sweep

import "time"

// Waiting is what JetStream holds for the workers.
type Waiting struct {
	Waiting int // not handed out yet
	Running int // in a worker's hands
	Asking  int // pulls of workers that have nothing to do
}

// What waits in NATS has its order for good: whoever comes later, however
// urgent, waits behind it. So only what is about to run is let in: one for each
// worker that asks, a quarter of what runs, and what was taken in the last moment
// and so will be in the next.
const (
	ahead     = 50 * time.Millisecond
	remember  = 500 * time.Millisecond // how long a rate of taking counts
	perFour   = 4
	maxWindow = 4 * relayBatch
)

// window decides how many may wait in NATS.
type window struct {
	seen    time.Time
	waiting int     // after the last look
	rate    float64 // taken per second
}

// room is how many more may be let in now.
func (w *window) room(now time.Time, q Waiting) int {
	w.observe(now, q.Waiting)
	return max(w.size(q)-q.Waiting, 0)
}

func (w *window) size(q Waiting) int {
	return min(max(1, q.Asking, q.Running/perFour, int(w.rate*ahead.Seconds())), maxWindow)
}

// observe averages how fast messages are taken.
func (w *window) observe(now time.Time, waiting int) {
	passed := now.Sub(w.seen)
	if w.seen.IsZero() || passed > 4*remember {
		w.rate = 0
	} else if passed > 0 {
		share := min(float64(passed)/float64(remember), 1)
		w.rate += share * (float64(max(w.waiting-waiting, 0))/passed.Seconds() - w.rate)
	}
	if passed > 0 {
		w.seen, w.waiting = now, waiting
	}
}

// admitted notes what was let in after the look.
func (w *window) admitted(n int) { w.waiting += n }
