//go:build chaos

package chaos

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"realname/internal/app"
	"realname/internal/auth"
)

// How the bench of slow clients is made up. The places for uploads hold all that one
// tenant may have, so two tenants share the slow clients.
const (
	slowClients = 500
	slowPause   = 2 * time.Second        // between two bytes of one of them
	usual       = 100 * time.Millisecond // between two submissions of the clients that are measured
	bursting    = usual / 10
	roundTime   = 15 * time.Second
	rounds      = 4
)

// What 500 slow clients and a tenant that sends ten times what is usual cost the
// others, in rounds with and without them; whatever is not accepted for good is told
// when to come again. Worker and notifier rest: this is about the way in.
func BenchmarkSlowClientsAndABurst(b *testing.B) {
	w := newWorld(b, shortDir(b), 1)
	ingest := w.runAlone("ingest")
	w.await()
	keys := w.keys("slow-a", "slow-b", "burst")
	for b.Loop() {
		var quiet, loud sends
		for range rounds {
			quiet.steady(w, w.stack.Key, usual, roundTime)
			held := w.hold(keys[:2], slowClients)
			var burst sends
			burst.background(w, keys[2], bursting, roundTime, func() { loud.steady(w, w.stack.Key, usual, roundTime) })
			held()
			loud.odd, loud.accepted = append(loud.odd, burst.odd...), loud.accepted+burst.accepted
		}
		for _, odd := range append(quiet.odd, loud.odd...) {
			b.Error(odd)
		}
		w.stored(quiet.accepted + loud.accepted)
		b.ReportMetric(float64(quiet.p99().Milliseconds()), "ms-p99-usual")
		b.ReportMetric(float64(loud.p99().Milliseconds()), "ms-p99-beside")
		b.ReportMetric(float64(loud.p99())/float64(quiet.p99()), "ratio")
		b.ReportMetric(ingest.peak(), "MiB-peak")
	}
}

// sends are what came of submissions.
type sends struct {
	mu       sync.Mutex
	took     []time.Duration // of those that were accepted
	accepted int
	odd      []string // answers that nobody should get
}

func (s *sends) p99() time.Duration {
	slices.Sort(s.took)
	if len(s.took) == 0 {
		return 0
	}
	return s.took[len(s.took)*99/100]
}

// steady sends at a pace, whatever the answers, and waits for the last.
func (s *sends) steady(w *world, key string, pace, length time.Duration) {
	body, kind := form(w.load.item.Declared, w.load.full)
	tick, end := time.NewTicker(pace), time.After(length)
	defer tick.Stop()
	var under sync.WaitGroup
	defer under.Wait()
	for {
		select {
		case <-end:
			return
		case <-tick.C:
			under.Go(func() { s.one(w, key, body, kind) })
		}
	}
}

// background sends at a pace while do runs.
func (s *sends) background(w *world, key string, pace, length time.Duration, do func()) {
	var all sync.WaitGroup
	all.Go(func() { s.steady(w, key, pace, length) })
	do()
	all.Wait()
}

func (s *sends) one(w *world, key string, body []byte, kind string) {
	start := time.Now()
	req, err := http.NewRequest(http.MethodPost, w.stack.URL+"/v1/submissions", bytes.NewReader(body))
	if err != nil {
		s.answer(0, err.Error())
		return
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", kind)
	resp, err := w.load.http.Do(req)
	if err != nil {
		s.answer(0, err.Error())
		return
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body) // the status says all
	switch _, err := strconv.Atoi(resp.Header.Get("Retry-After")); {
	case resp.StatusCode == http.StatusAccepted:
		s.answer(time.Since(start), "")
	case (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable) && err == nil:
	default:
		s.answer(0, fmt.Sprintf("answered with %d and Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After")))
	}
}

func (s *sends) answer(took time.Duration, odd string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if odd != "" {
		s.odd = append(s.odd, odd)
		return
	}
	s.accepted++
	s.took = append(s.took, took)
}

// runAlone starts a service whose links cannot be broken.
func (w *world) runAlone(name string) *service {
	w.t.Helper()
	s := &service{t: w.t, name: name, bin: shipped, env: append(w.stack.Environ(), "NATS_URL="+w.nodes[0].URL)}
	s.start()
	w.t.Cleanup(func() { _ = s.stop() })
	return s
}

// keys makes tenants and returns a key of each.
func (w *world) keys(tenants ...string) (list []string) {
	w.t.Helper()
	store, done, err := app.Store(w.t.Context(), w.stack.Config)
	if err != nil {
		w.t.Fatal(err)
	}
	defer done()
	for _, tenant := range tenants {
		key, text := auth.NewKey(tenant, auth.ScopeSubmit)
		if err := cmp.Or(store.EnsureTenant(w.t.Context(), tenant, tenant), store.CreateAPIKey(w.t.Context(), key)); err != nil {
			w.t.Fatal(err)
		}
		list = append(list, text)
	}
	return list
}

// hold begins n uploads that send a byte now and then, until they are let go.
func (w *world) hold(keys []string, n int) (letGo func()) {
	w.t.Helper()
	body, kind := form(w.load.item.Declared, w.load.full)
	half := body[:len(body)/2]
	stop := make(chan struct{})
	var begun, all sync.WaitGroup
	for i := range n {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.stack.URL, "http://"))
		if err != nil {
			w.t.Fatal(err)
		}
		begun.Add(1)
		all.Go(func() {
			defer func() { _ = conn.Close() }()
			_, err := fmt.Fprintf(conn, "POST /v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", keys[i%len(keys)], kind, len(body), half)
			begun.Done()
			for tick := time.NewTicker(slowPause); err == nil; {
				select {
				case <-stop:
					return
				case <-tick.C:
					_, err = conn.Write([]byte{'x'})
				}
			}
			w.t.Errorf("a slow client was cut off: %v", err)
		})
	}
	begun.Wait()
	return func() { close(stop); all.Wait() }
}

// stored compares what was accepted with what there is.
func (w *world) stored(accepted int) {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(w.t.Context(), `select count(*) from attempts a where exists (select from documents d where d.attempt_id = a.id)`).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	if n != accepted {
		w.t.Errorf("%d were accepted and %d are stored", accepted, n)
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that the program has had, in MiB.
func (s *service) peak() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	kib, err := strconv.Atoi(string(highWater.FindSubmatch(status)[1]))
	if err != nil {
		s.t.Fatal(err)
	}
	return float64(kib) / 1024
}
