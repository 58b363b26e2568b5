package notify

import "time"

const (
	shortRest    = time.Second // the first time that nobody answers
	longestRest  = 30 * time.Second
	longestLeave = time.Hour // that a receiver may ask to be left alone with all that it is sent
)

// rest is the time for which somebody is left alone.
type rest struct {
	length time.Duration // of the last one, for nobody answered
	until  time.Time
}

func (r *rest) on(now time.Time) bool { return now.Before(r.until) }

// extend makes it twice as long as last time: once for all that was under way.
func (r *rest) extend(now time.Time) {
	if !r.on(now) {
		r.length = min(max(2*r.length, shortRest), longestRest)
		r.until = now.Add(r.length)
	}
}

// least makes it last until then at least.
func (r *rest) least(until time.Time) {
	if r.until.Before(until) {
		r.until = until
	}
}
