//go:build chaos

package chaos

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// quiet is how long nothing may come to its end after the last fault: longer
// than an attempt rests after its fourth error of ours, 256 s.
const quiet = 5 * time.Minute

// Every fault of the table hits a system that takes submissions all the while:
// nothing that was accepted is lost, nothing is decided twice or told wrongly.
// With flags it is the long run; see make chaos.
func TestNothingIsLostWhateverBreaks(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 8))
	w := newWorld(t, shortDir(t), 1)
	w.runAll(shipped)
	w.load.killed = true
	start, stopped := time.Now(), make(chan struct{})
	clients := w.load.run(stopped, *pace)
	counts := inject(w, r, func(n int) bool { return *bound > 0 && time.Since(start) > *bound })
	w.load.reach(*least, func() bool { return *bound > 0 && time.Since(start) > *bound })
	took := time.Since(start)
	close(stopped)
	clients.Wait()
	w.settle(quiet)
	w.verify()
	report(t, w, counts, took)
}

// inject breaks the world until all faults are done, each kind as often as the
// others, in any order, and spread over the submissions.
func inject(w *world, r *rand.Rand, enough func(int) bool) map[string]int {
	all, counts := everyFault(), map[string]int{}
	total := *faults
	if total == 0 {
		total = len(all)
	}
	for n := 0; n < total && !enough(n); n++ {
		if n%len(all) == 0 {
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		w.load.reach(*least*n/total, func() bool { return enough(n) })
		f := all[n%len(all)]
		if testing.Verbose() {
			fmt.Printf("%s %d %s\n", time.Now().Format("15:04:05"), n, f.name)
		}
		f.do(w, r)
		counts[f.name]++
	}
	return counts
}

func report(t *testing.T, w *world, counts map[string]int, took time.Duration) {
	total := 0
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		total += counts[name]
		t.Logf("%4d × %s", counts[name], name)
	}
	restarts := 0
	for _, s := range w.services {
		restarts += s.crashes
	}
	t.Logf("%d were hit by the end of a worker three times and went to a person", w.load.parked)
	t.Logf("%d faults of %d kinds over %d submissions in %v; services restarted %d times, %d requests sent again, the slowest acceptance took %v, %d webhooks came twice",
		total, len(counts), len(w.load.told), took.Round(time.Second), restarts, w.load.resent.Load(), w.load.worst.Round(time.Millisecond), w.receiver.Repeat)
}
