//go:build chaos

package chaos

import (
	"testing"
	"time"
)

// Documents that end, hang or fill the worker are parked with their cause, and
// no neighbour is, though each crash takes neighbours with it.
func TestPoisonIsParkedAndNobodyElse(t *testing.T) {
	w := newWorld(t, shortDir(t), 1)
	w.runAll(failing)
	stopped := make(chan struct{})
	clients := w.load.run(stopped, 60*time.Millisecond)
	for i, word := range []string{"panic", "crash", "hang", "memory"} {
		d := w.load.item.Declared
		d.Email = ""
		w.load.send(d, []byte("realname-fault-"+word+"."+string(rune('0'+i))), parked)
	}
	end := time.After(4 * time.Minute)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for n := 0; n < 4; {
		select {
		case <-tick.C:
			_ = w.pool.QueryRow(t.Context(), `select count(*) from attempts where state = 'parked'`).Scan(&n) // asked again
		case <-end:
			t.Fatalf("%d of 4 are parked", n)
		}
	}
	close(stopped)
	clients.Wait()
	w.settle(quiet)
	w.verify()
	for _, cause := range w.column(`select parked_cause from attempts where state = 'parked'`) {
		if cause == "" {
			t.Error("parked without a cause")
		}
	}
	t.Logf("%d reviews beside 4 planted documents, the worker restarted %d times", len(w.load.told)-4, w.services["worker"].crashes)
}
