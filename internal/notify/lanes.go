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
// though with a failure, is there, and keeps a few; one that no longer does is left alone
// for a while, so that it costs next to nothing however much waits for it. When all
// together want more places than there are, none gets more than an even share of what
// the modest ones leave.
type lanes struct {
	mu    sync.Mutex
	of    map[string]*lane
	under int           // of all endpoints
	mail  rest          // of our mail server, which all mail shares
	freed chan struct{} // a place came free
}

const (
	// few is how many messages at a time an endpoint is sent that refuses them.
	few = 8
	// pace is the least time between two messages to a robot: groups take twenty a minute.
	pace = 3 * time.Second
	// kept is how long an endpoint is remembered to which nothing goes.
	kept = time.Hour
)

type lane struct {
	under, places, asked int
	wanted               bool // there was more to take than places
	rest                 *rest
	seen                 time.Time // when there was something for it
}

// ending is what a try says about an endpoint.
type ending struct {
	well     bool          // the message arrived, or failed for a reason of its own
	answered bool          // somebody is there
	ours     bool          // our own mail server failed
	leave    time.Duration // the receiver asked to be left alone for so long
}

// take reserves places, up to most of each endpoint, and returns how many by
// endpoint. Beyond inFlight each endpoint has one.
func (l *lanes) take(waiting []review.Endpoint, most int, now time.Time) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clean(now)
	waiting = slices.DeleteFunc(waiting, func(e review.Endpoint) bool { return l.lane(e, now).rest.on(now) })
	want, places := make([]int, len(waiting)), map[string]int{}
	for i, e := range waiting {
		want[i] = l.of[e.ID].places
	}
	share := evenShare(inFlight, want)
	for _, e := range waiting {
		x := l.of[e.ID]
		x.wanted = true
		n := min(min(x.places, share)-x.under, most, max(inFlight-l.under, 1-x.under))
		if isRobot(e.Kind) && n > 0 {
			n = 1
			x.rest.least(now.Add(pace))
		}
		if n > 0 {
			x.under += n
			l.under += n
			places[e.ID] = n
		}
	}
	return places
}

func isRobot(k review.EndpointKind) bool {
	_, ok := robots[k]
	return ok
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
func (l *lanes) lane(e review.Endpoint, now time.Time) *lane {
	if l.of == nil {
		l.of = map[string]*lane{}
	}
	x, ok := l.of[e.ID]
	if !ok {
		x = &lane{places: e.AtOnce, rest: &rest{}}
		if e.Kind == review.Email {
			x.rest = &l.mail
		}
		l.of[e.ID] = x
	}
	x.asked, x.seen = e.AtOnce, now
	x.places = min(x.places, x.asked)
	return x
}

// clean forgets endpoints for which nothing has come for long.
func (l *lanes) clean(now time.Time) {
	for id, x := range l.of {
		if x.under == 0 && now.Sub(x.seen) > kept {
			delete(l.of, id)
		}
	}
}

// give returns places that were not needed.
func (l *lanes) give(places map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, n := range places {
		if n > 0 {
			x := l.of[id]
			x.under -= n
			l.under -= n
			x.wanted = false // all that was due is under way
		}
	}
}

// done ends a delivery.
func (l *lanes) done(id string, e ending, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.of[id]
	x.under--
	l.under--
	switch {
	case e.ours:
		x.rest.extend(now)
	case e.leave > 0:
		x.rest.least(now.Add(min(e.leave, longestLeave)))
		x.places = max(x.places/2, min(few, x.asked))
	case e.well:
		x.rest.length = 0
		x.places = min(x.places*2, x.asked)
	case e.answered:
		x.rest.length = 0
		x.places = max(x.places/2, min(few, x.asked))
	default:
		if x.places == 1 { // not at the first broken connection of many
			x.rest.extend(now)
		}
		x.places = max(x.places/2, 1)
	}
	if x.wanted && x.under <= x.places/2 && !x.rest.on(now) { // not at every one: a look takes several
		l.signal()
	}
}

// signal asks for a look.
func (l *lanes) signal() {
	select {
	case l.freed <- struct{}{}:
	default: // one is enough
	}
}
