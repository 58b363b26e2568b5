package sweep

import (
	"cmp"
	"math"
	"slices"
	"time"

	"realname/internal/telemetry"
)

// Fairness says who goes first when more waits than can run. What is due soon
// goes before all; then what came alone and what came in batches share by the
// weight of the former; within each, tenants share by theirs. Whatever waits long
// enough is due soon, and so nothing starves.
type Fairness struct {
	UrgentWithin time.Duration
	Interactive  int            // how many that came alone go for one of a batch
	Tenants      map[string]int // weights; 1 for those that are not named
}

// shares remembers who had how much, so that picks are fair over many looks. It
// is start-time fair queueing: each pick moves its owner by 1/weight, the one who
// is least far goes next, and who was away starts where the others are.
type shares struct {
	clock int64
	far   map[string]int64
}

// one is a pick of weight one; whole numbers add up without error.
const one = 1_000_000

func (s *shares) start(key string) int64 { return max(s.clock, s.far[key]) }

func (s *shares) take(key string, weight int) {
	if s.far == nil {
		s.far = map[string]int64{}
	}
	s.clock = s.start(key)
	for k, far := range s.far { // who is behind the clock need not be remembered
		if far <= s.clock {
			delete(s.far, k)
		}
	}
	s.far[key] = s.clock + one/int64(max(weight, 1))
}

// admission picks from what waits. It lives as long as the process; who leads
// the relay next starts afresh, which costs nobody more than a moment.
type admission struct {
	Fairness
	classes shares
	tenants [2]shares // alone, in batches
}

// pick returns up to n of the candidates in the order in which they are to run.
// Candidates are in the order of their deadlines.
func (a *admission) pick(candidates []Ring, now time.Time, n int) []Ring {
	var picked []Ring
	waiting := [2]map[string][]Ring{{}, {}}
	for _, r := range candidates {
		if len(picked) < n && r.DueAt.Before(now.Add(a.UrgentWithin)) {
			picked = append(picked, r)
			continue
		}
		c := class(r.Bulk)
		waiting[c][r.Tenant] = append(waiting[c][r.Tenant], r)
	}
	for len(picked) < n {
		c, ok := a.nextClass(waiting)
		if !ok {
			break
		}
		t := a.nextTenant(c, waiting[c])
		picked = append(picked, waiting[c][t][0])
		if waiting[c][t] = waiting[c][t][1:]; len(waiting[c][t]) == 0 {
			delete(waiting[c], t)
		}
	}
	return picked
}

// express picks up to n of those that came alone for places that only they may have,
// and returns the others.
func (a *admission) express(candidates []Ring, now time.Time, n int) (picked, rest []Ring) {
	if n == 0 {
		return nil, candidates
	}
	alone := slices.DeleteFunc(slices.Clone(candidates), func(r Ring) bool { return r.Bulk })
	picked = a.pick(alone, now, n)
	taken := map[int64]bool{}
	for i := range picked {
		picked[i].Express, taken[picked[i].ID] = true, true
	}
	return picked, slices.DeleteFunc(candidates, func(r Ring) bool { return taken[r.ID] })
}

// The places of the two classes.
const (
	alone = iota
	batched
)

func class(bulk bool) int {
	if bulk {
		return batched
	}
	return alone
}

func (a *admission) nextClass(waiting [2]map[string][]Ring) (int, bool) {
	best, least := -1, int64(math.MaxInt64)
	for c, tenants := range waiting {
		if at := a.classes.start(telemetry.Class(c == batched)); len(tenants) > 0 && at < least {
			best, least = c, at
		}
	}
	if best < 0 {
		return 0, false
	}
	a.classes.take(telemetry.Class(best == batched), [2]int{a.Interactive, 1}[best])
	return best, true
}

// nextTenant goes by share, then by whose work is due first.
func (a *admission) nextTenant(c int, waiting map[string][]Ring) string {
	names := make([]string, 0, len(waiting))
	for t := range waiting {
		names = append(names, t)
	}
	s := &a.tenants[c]
	best := slices.MinFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(s.start(x), s.start(y)), waiting[x][0].DueAt.Compare(waiting[y][0].DueAt), cmp.Compare(x, y))
	})
	weight, named := a.Tenants[best]
	if !named {
		weight = 1
	}
	s.take(best, weight)
	return best
}
