package notify

import (
	"slices"
	"sync"
	"time"

	"realname/internal/review"
)

// lanes count the deliveries under way by endpoint. An endpoint has as many places
// as it asks for; failures halve them and arrivals double them, so that a dead
// endpoint is knocked at by one message at a time and not stormed. One that answers,
// though with a failure, is there, and keeps a few; one that does not is left alone for a
// while, so that it costs next to nothing however much waits for it. When all together want more places
// than there are, none gets more than an even share of what the modest ones leave.
type lanes struct {
	mu    sync.Mutex
	of    map[string]*lane
	freed chan struct{} // a place came free
}

const (
	shortRest   = time.Second // that an endpoint is left alone when it does not answer
	longestRest = 30 * time.Second
)

// few is how many messages at a time an endpoint is sent that refuses them.
const few = 8

type lane struct {
	under, places, asked int
	wanted               bool // there was more to take than places
	rest                 time.Duration
	until                time.Time // of the rest
}

// extend lets the lane rest for twice as long as last time: once for all that was under way.
func (x *lane) extend(now time.Time) {
	if now.Before(x.until) {
		return
	}
	x.rest = min(max(2*x.rest, shortRest), longestRest)
	x.until = now.Add(x.rest)
}

// take reserves places, up to most of each endpoint, and returns how many by
// endpoint.
func (l *lanes) take(waiting []review.Endpoint, most int, now time.Time) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting = slices.DeleteFunc(waiting, func(e review.Endpoint) bool { return now.Before(l.lane(e).until) })
	want := make([]int, len(waiting))
	for i, e := range waiting {
		want[i] = l.lane(e).places
	}
	share, places := evenShare(inFlight, want), map[string]int{}
	for _, e := range waiting {
		x := l.of[e.ID]
		x.wanted = true
		if n := min(min(x.places, share)-x.under, most); n > 0 {
			x.under += n
			places[e.ID] = n
		}
	}
	return places
}

// evenShare is the most that anybody may have so that all together have no more than
// there is: who wants less leaves the rest to the others. Everybody has one.
func evenShare(all int, want []int) int {
	slices.Sort(want)
	share := all
	for i, w := range want {
		share = max(all/(len(want)-i), 1)
		if w > share {
			return share
		}
		all -= w
	}
	return share
}

// lane finds or makes the lane of an endpoint. The caller holds mu.
func (l *lanes) lane(e review.Endpoint) *lane {
	if l.of == nil {
		l.of = map[string]*lane{}
	}
	x, ok := l.of[e.ID]
	if !ok {
		x = &lane{places: e.AtOnce}
		l.of[e.ID] = x
	}
	x.asked = e.AtOnce
	x.places = min(x.places, x.asked)
	return x
}

// give returns places that were not needed.
func (l *lanes) give(places map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, n := range places {
		if n > 0 {
			x := l.of[id]
			x.under -= n
			x.wanted = false // all that was due is under way
			l.forget(id, x)
		}
	}
}

// done ends a delivery that went well, or was answered at least.
func (l *lanes) done(id string, well, answered bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.of[id]
	x.under--
	if answered || well {
		x.rest = 0
	} else {
		x.extend(now)
	}
	switch {
	case well:
		x.places = min(x.places*2, x.asked)
	case answered:
		x.places = max(x.places/2, min(few, x.asked))
	default:
		x.places = max(x.places/2, 1)
	}
	if x.wanted && x.under <= x.places/2 && !now.Before(x.until) { // not at every one: a look takes several
		l.signal()
	}
	l.forget(id, x)
}

// signal asks for a look.
func (l *lanes) signal() {
	select {
	case l.freed <- struct{}{}:
	default: // one is enough
	}
}

// forget drops an endpoint that fares well and has nothing under way.
func (l *lanes) forget(id string, x *lane) {
	if x.under == 0 && !x.wanted && x.places == x.asked {
		delete(l.of, id)
	}
}
