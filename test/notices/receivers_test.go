package notices

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// receivers are the endpoints of a registrar, each under its own path: /good/N
// answers at once, /slow after a while, /flaky with 500 to the first try of every
// message.
type receivers struct {
	*httptest.Server
	slow time.Duration

	mu      sync.Mutex
	seen    map[string]map[string]bool // message ids by path
	repeats int
	delays  []time.Duration // of what arrived first at the good ones
	bodies  int
	leaks   []string
	arrived chan struct{}
}

func newReceivers(t *testing.T) *receivers {
	t.Helper()
	r := &receivers{seen: map[string]map[string]bool{}, arrived: make(chan struct{}, 1)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receivers) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	at := time.Now()
	body, _ := io.ReadAll(req.Body)
	id := req.Header.Get("webhook-id")
	switch {
	case strings.HasPrefix(req.URL.Path, "/slow"):
		time.Sleep(r.slow)
	case strings.HasPrefix(req.URL.Path, "/flaky"):
		if r.note("first tries"+req.URL.Path, id, at, nil) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	r.note(req.URL.Path, id, at, body)
	w.WriteHeader(http.StatusNoContent)
}

// note keeps what arrived and reports whether it is new.
func (r *receivers) note(path, id string, at time.Time, body []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[path] == nil {
		r.seen[path] = map[string]bool{}
	}
	if r.seen[path][id] {
		r.repeats++
		return false
	}
	r.seen[path][id] = true
	if strings.HasPrefix(path, "/good") {
		var n struct{ Timestamp time.Time }
		_ = json.Unmarshal(body, &n) // a zero time shows as an absurd delay
		r.delays = append(r.delays, at.Sub(n.Timestamp))
	}
	r.bodies += len(body)
	r.leaks = append(r.leaks, leaks(body)...)
	select {
	case r.arrived <- struct{}{}:
	default:
	}
	return true
}

// count is how many distinct messages came to paths with the prefix.
func (r *receivers) count(prefix string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for path, ids := range r.seen {
		if strings.HasPrefix(path, prefix) {
			n += len(ids)
		}
	}
	return n
}

// quantile is of the delays from the outcome's transaction to the good endpoints.
func (r *receivers) quantile(q float64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(r.delays)
	if len(r.delays) == 0 {
		return 0
	}
	return r.delays[int(q*float64(len(r.delays)-1))]
}

// leaks are the canaries in some bytes, also as JSON may spell them.
func leaks(data []byte) (found []string) {
	for _, c := range []string{canaryName, canaryNumber, canaryMail} {
		spelled, _ := json.Marshal(c) // a string always encodes
		if bytes.Contains(data, []byte(c)) || bytes.Contains(data, bytes.Trim(spelled, `"`)) {
			found = append(found, c)
		}
	}
	return found
}
