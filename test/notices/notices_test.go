package notices

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"
)

var (
	outcomes  = flag.Int("outcomes", 15, "outcomes that are told to every endpoint")
	perSecond = flag.Int("rate", 200, "outcomes a second")
	endpoints = flag.Int("endpoints", 50, "endpoints, three of them bad")
	kills     = flag.Int("kills", 5, "how often the notifier is killed")
	slow      = flag.Duration("slow", time.Second, "how long the slow endpoint takes")
	slowTakes = flag.Int("slow-at-once", 64, "messages that the slow endpoint takes at the same time")
	patience  = flag.Duration("patience", 6*time.Minute, "until when all must have arrived")
	compare   = flag.Int("compare", 0, "rounds with and without bad endpoints in turn, to compare the others' delay")
)

// lease is short, so that what a killed notifier had under way comes soon, and
// longer than the slow endpoint takes.
var lease = 5 * time.Second

// day is what one run measured.
type day struct {
	p50, p99, cpu time.Duration
	repeats       int
}

// run takes outcomes to endpoints and waits until every live one has all.
func run(t *testing.T, bad bool, kills int) day {
	t.Helper()
	lease = max(lease, 2**slow)
	w := newWorld(t)
	w.receivers.slow = *slow
	good := *endpoints - 3
	for i := range good {
		w.endpoint(fmt.Sprintf("%s/good/%d", w.receivers.URL, i), 16)
	}
	live := map[string]int{"/good": good * *outcomes}
	if bad {
		w.endpoint("http://"+freeAddress(t)+"/dead", 16)
		w.endpoint(w.receivers.URL+"/slow", *slowTakes)
		w.endpoint(w.receivers.URL+"/flaky", 16)
		live["/slow"], live["/flaky"] = *outcomes, *outcomes
	}
	attempts := w.running(*outcomes)
	w.start()
	ctx, cancel := context.WithTimeout(t.Context(), *patience)
	defer cancel()
	w.ready(ctx)
	decided := make(chan error, 1)
	go func() { decided <- w.decideAll(ctx, attempts) }()
	cpu := w.await(ctx, live, kills)
	must(t, <-decided)
	w.checkMetrics()
	d := day{w.receivers.quantile(0.5), w.receivers.quantile(0.99), cpu + w.end(syscall.SIGTERM), w.receivers.repeats}
	w.checkLeaks()
	w.checkDead(bad)
	t.Logf("%d outcomes, bad endpoints %v, %d kills: p50 %v, p99 %v, notifier %v CPU, %d repeats, %d MB sent", *outcomes, bad, kills,
		d.p50.Round(time.Millisecond), d.p99.Round(time.Millisecond), d.cpu.Round(time.Millisecond), d.repeats, w.receivers.bodies>>20)
	return d
}

// decideAll records outcomes at a steady rate, some at a time.
func (w *world) decideAll(ctx context.Context, attempts []string) error {
	each := max(*perSecond/10, 1)
	every := time.Second * time.Duration(each) / time.Duration(*perSecond)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for len(attempts) > 0 {
		n := min(each, len(attempts))
		if err := w.decide(ctx, attempts[:n]); err != nil {
			return err
		}
		attempts = attempts[n:]
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// await waits until all live endpoints have all, and kills the notifier at even
// steps on the way.
func (w *world) await(ctx context.Context, live map[string]int, kills int) (cpu time.Duration) {
	w.t.Helper()
	killed := 0
	for {
		select {
		case <-w.receivers.arrived:
		case <-ctx.Done():
			for prefix, want := range live {
				w.t.Errorf("%s: %d of %d arrived", prefix, w.receivers.count(prefix), want)
			}
			w.t.FailNow()
		}
		if killed < kills && w.receivers.count("/good") >= live["/good"]*(killed+1)/(kills+1) {
			cpu += w.end(syscall.SIGKILL)
			w.start()
			killed++
		}
		missing := kills - killed
		for prefix, want := range live {
			missing += want - w.receivers.count(prefix)
		}
		if missing == 0 {
			return cpu
		}
	}
}

// ready waits until the notifier says that it is: its start is not what is measured.
func (w *world) ready(ctx context.Context) {
	w.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.Get("http://" + w.ops + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			w.t.Fatal("the notifier did not start")
		case <-tick.C:
		}
	}
}

// checkMetrics asks the notifier what it tells operations.
func (w *world) checkMetrics() {
	w.t.Helper()
	resp, err := http.Get("http://" + w.ops + "/metrics")
	must(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	must(w.t, err)
	if len(body) == 0 || len(leaks(body)) > 0 {
		w.t.Errorf("metrics of %d bytes tell %v", len(body), leaks(body))
	}
}

// checkLeaks looks for canaries in all that left: messages, logs, NATS, and the
// log of deliveries.
func (w *world) checkLeaks() {
	w.t.Helper()
	if w.receivers.bodies == 0 || len(w.receivers.leaks) > 0 {
		w.t.Errorf("%d bytes of messages tell %v", w.receivers.bodies, w.receivers.leaks)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, data := range map[string][]byte{"the notifier's log": w.log.Bytes(), "NATS": w.rang.Bytes()} {
		if found := leaks(data); len(found) > 0 {
			w.t.Errorf("%s tells %v", name, found)
		}
	}
	if w.log.Len() == 0 || w.rang.Len() == 0 {
		w.t.Errorf("looked at %d bytes of log and %d of NATS: nothing was seen", w.log.Len(), w.rang.Len())
	}
	for _, table := range []string{"deliveries", "delivery_tries", "outbox", "events", "endpoints", "audit"} {
		var n int
		must(w.t, w.pool.QueryRow(w.t.Context(), `select count(*) from `+table+` x where strpos(x::text, $1) > 0 or strpos(x::text, $2) > 0 or strpos(x::text, $3) > 0`,
			canaryName, canaryNumber, canaryMail).Scan(&n))
		if n > 0 {
			w.t.Errorf("%d rows of %s tell a canary", n, table)
		}
	}
}

// checkDead finds every message to the dead endpoint waiting, none lost.
func (w *world) checkDead(bad bool) {
	w.t.Helper()
	var due, all int
	must(w.t, w.pool.QueryRow(w.t.Context(), `select count(*) filter (where state = 'due'), count(*) from deliveries d join endpoints e on e.id = d.endpoint_id
		where e.target like '%/dead'`).Scan(&due, &all))
	if want := map[bool]int{true: *outcomes}[bad]; due != want || all != want {
		w.t.Errorf("%d of %d messages to the dead endpoint wait, want all %d", due, all, want)
	}
}

// Every live endpoint gets every event although the notifier is killed and others
// are dead, slow or failing; what repeats carries the same id; and nothing that
// leaves tells who anybody is.
func TestEveryLiveEndpointGetsEveryEvent(t *testing.T) {
	run(t, true, *kills)
}

// What bad endpoints cost the others, as a ratio of runs in turn. It measures and
// asserts no time: machines differ.
func TestCompareWithAndWithoutBadEndpoints(t *testing.T) {
	for i := range *compare {
		without, with := run(t, false, 0), run(t, true, 0)
		t.Logf("round %d: p99 ratio %.2f, p50 ratio %.2f", i+1, float64(with.p99)/float64(without.p99), float64(with.p50)/float64(without.p50))
	}
}
