package sweep

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// line makes candidates from words such as "a", "B" or "a!": a tenant, large for
// one of a batch, with a mark for one that is due soon.
func line(words string) []Ring {
	var rings []Ring
	for i, w := range strings.Fields(words) {
		r := Ring{ID: int64(i), Ref: w, Tenant: strings.ToLower(strings.Trim(w, "!")), Bulk: strings.ToUpper(w) == w, DueAt: now.Add(48 * time.Hour)}
		if strings.HasSuffix(w, "!") {
			r.DueAt = now.Add(time.Minute)
		}
		rings = append(rings, r)
	}
	return rings
}

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestWhoGoesFirst(t *testing.T) {
	for _, test := range []struct {
		rule, waiting, want string
		n                   int
		weights             map[string]int
	}{
		{"what is due soon goes before all", "a a B C!", "C! a B a", 4, nil},
		{"what came alone goes before a batch", "A A A b", "b A A A", 4, nil},
		{"a batch gets one in ten while others wait", "a a a a a a a a a a a A A", "a A a a a a a a a a a", 11, nil},
		{"tenants take turns", "A A A A B B", "A B A B A A", 6, nil},
		{"a weight is a share", "A A A A A A B B B", "A B A A A B A A B", 9, map[string]int{"a": 3}},
		{"no more than there is room", "a a a", "a a", 2, nil},
	} {
		a := admission{Fairness: Fairness{UrgentWithin: time.Hour, Interactive: 9, Tenants: test.weights}}
		var got []string
		for _, r := range a.pick(line(test.waiting), now, test.n) {
			got = append(got, r.Ref)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.rule, got, test.want)
		}
	}
}

// With room for one at a time the shares hold over many looks: nobody is always
// the first of equals.
func TestSharesHoldFromLookToLook(t *testing.T) {
	a := admission{Fairness: Fairness{Interactive: 9, Tenants: map[string]int{"a": 2}}}
	count := map[string]int{}
	for range 300 {
		count[a.pick(line("A B"), now, 1)[0].Tenant]++
	}
	if count["a"] != 200 || count["b"] != 100 {
		t.Errorf("shares %v, want 200 and 100", count)
	}
}

// Who was away has saved nothing up.
func TestWhoComesBackStartsWhereTheOthersAre(t *testing.T) {
	a := admission{Fairness: Fairness{Interactive: 9}}
	for range 100 {
		a.pick(line("A"), now, 1)
	}
	var got []string
	for range 6 {
		got = append(got, a.pick(line("A B"), now, 1)[0].Tenant)
	}
	if n := slices.Index(got, "a"); n < 0 || n > 1 {
		t.Errorf("after a hundred of a alone: %v", got)
	}
}

func TestTheWindowFollowsTheWorkers(t *testing.T) {
	for _, test := range []struct {
		rule string
		q    Waiting
		want int
	}{
		{"one waits for the first worker to come", Waiting{}, 1},
		{"one for each that asks", Waiting{Asking: 7}, 7},
		{"a quarter of what runs", Waiting{Running: 400}, 100},
		{"what waits already counts", Waiting{Running: 400, Waiting: 90}, 10},
		{"a full house lets nobody in", Waiting{Running: 2, Waiting: 1}, 0},
	} {
		var w window
		if got := w.room(now, test.q); got != test.want {
			t.Errorf("%s: room for %d, want %d", test.rule, got, test.want)
		}
	}
}

// Fast reviews open the window, slow ones close it again.
func TestTheWindowFollowsTheRate(t *testing.T) {
	var w window
	at := now
	for range 100 { // everything that is let in is taken within 10 ms
		w.admitted(w.room(at, Waiting{}))
		at = at.Add(10 * time.Millisecond)
	}
	if n := w.size(Waiting{}); n < 100 {
		t.Errorf("after a second of workers that never wait: %d", n)
	}
	for range 100 {
		w.room(at, Waiting{Waiting: 40})
		at = at.Add(50 * time.Millisecond)
	}
	if n := w.size(Waiting{}); n != 1 {
		t.Errorf("after five seconds without one taken: %d", n)
	}
}
