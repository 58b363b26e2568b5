package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"time"
)

// The pace of what a page follows: how often the store is asked, how long the line
// may be silent, and how many may follow at once.
const (
	livePause    = time.Second
	liveLongest  = 30 * time.Minute // a page that nobody touches keeps no session alive
	liveQuiet    = 15 * time.Second
	maxFollowers = 256
	maxOwn       = 16 // of them, of one person
)

// followers counts who follows a page, all together and by person.
type followers struct {
	mu  sync.Mutex
	all int
	own map[string]int
}

// join reports whether somebody may follow one page more; who may leaves in the end.
func (f *followers) join(user string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all >= maxFollowers || f.own[user] >= maxOwn {
		return false
	}
	if f.own == nil {
		f.own = map[string]int{}
	}
	f.all++
	f.own[user]++
	return true
}

func (f *followers) leave(user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all--
	if f.own[user]--; f.own[user] == 0 {
		delete(f.own, user)
	}
}

// follow tells a page by server-sent events what changed: an event progress with
// figures at every change, an event end, after which the page loads anew, and an event
// stop, after which it stays as it is.
func (c *Console) follow(w http.ResponseWriter, r *request, pause time.Duration, ask func() (figures map[string]int, over bool, err error)) error {
	if !c.followers.join(r.UserID) {
		w.WriteHeader(http.StatusServiceUnavailable) // the page stays as it is
		return nil
	}
	defer c.followers.leave(r.UserID)
	figures, over, err := ask()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	var last map[string]int
	said := c.Now()
	stop := said.Add(liveLongest)
	for {
		switch {
		case c.Now().After(stop):
			_ = send(w, "event: stop\ndata: {}\n\n") // the page may be gone
			return nil
		case over:
			_ = send(w, "event: end\ndata: {}\n\n") // the page may be gone
			return nil
		case !reflect.DeepEqual(figures, last):
			data, _ := json.Marshal(figures) // numbers always marshal
			err = send(w, fmt.Sprintf("event: progress\ndata: %s\n\n", data))
			last, said = figures, c.Now()
		case c.Now().Sub(said) >= liveQuiet:
			err = send(w, ": still there\n\n")
			said = c.Now()
		}
		if err != nil {
			return nil // the page is gone
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
		}
		if figures, over, err = ask(); err != nil {
			c.Log.Warn().Err(err).Msg("progress cannot be told; the page asks again")
			return nil
		}
	}
}

func send(w http.ResponseWriter, text string) error {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(liveQuiet)) // a page that does not read is let go
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return control.Flush()
}

// The pace of the background: how long it rests without work, and how often
// outcomes are tallied.
const (
	restPause  = 2 * time.Second
	tallyPause = time.Minute
)

// Run does open deeds and replays, and tallies outcomes until ctx ends.
func (c *Console) Run(ctx context.Context) error {
	c.prepare()
	rest := time.NewTicker(restPause)
	defer rest.Stop()
	var tallied time.Time
	for ctx.Err() == nil {
		if c.Now().Sub(tallied) >= tallyPause {
			tallied = c.Now()
			if err := c.Work.Tally(ctx); err != nil && ctx.Err() == nil {
				c.Log.Warn().Err(err).Msg("outcomes were not tallied")
			}
		}
		more, err := c.Actions.StepAction(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.Warn().Err(err).Msg("a step of a bulk action failed; it is tried again")
		}
		if !more {
			more, err = c.stepReplay(ctx) // deeds go first
			if err != nil && ctx.Err() == nil {
				c.Log.Warn().Err(err).Msg("a step of a replay failed; it is tried again")
			}
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-rest.C:
		case <-c.wake:
		}
	}
	return nil
}

// ring wakes the background.
func (c *Console) ring() {
	select {
	case c.wake <- struct{}{}:
	default: // it will look anyway
	}
}
