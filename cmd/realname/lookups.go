package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"realname/internal/authority"
	"realname/internal/authority/register"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/text"
)

// mutated is how many mutated names are looked up, after a few that warm up.
const (
	mutated = 500
	warming = 20
)

// tally counts one class of difference.
type tally struct{ tried, found, matched int }

// spent is what a lookup takes, by the clock and of the processor.
type spent struct{ wall, cpu time.Duration }

func lookUpMutated(ctx context.Context, s *postgres.Store, backend int, list []register.Organisation) (int, error) {
	rng := rand.New(rand.NewPCG(2026, 2))
	counts := map[text.Class]*tally{}
	classes := slices.Sorted(maps.Keys(register.Mutations))
	var took, bare []spent
	for n := -warming; n < mutated; {
		class, o := classes[rng.IntN(len(classes))], list[rng.IntN(len(list))]
		name, ok := register.Mutations[class](rng, []rune(o.Name))
		if !ok || string(name) == o.Name {
			continue
		}
		if counts[class] == nil {
			counts[class] = &tally{}
		}
		t := counts[class]
		if n++; n <= 0 {
			t = &tally{}
		}
		d, err := t.look(ctx, s, backend, o, string(name))
		if err != nil {
			return exitOurs, err
		}
		b, err := askNothing(ctx, s, backend)
		if err != nil {
			return exitOurs, err
		}
		if n > 0 {
			took, bare = append(took, d), append(bare, b)
		}
	}
	code := printTally(counts, classes)
	printSpent("lookup, by the clock    ", took, func(s spent) time.Duration { return s.wall })
	printSpent("lookup, of the processor", took, func(s spent) time.Duration { return s.cpu })
	printSpent("select 1, by the clock  ", bare, func(s spent) time.Duration { return s.wall })
	return code, nil
}

// askNothing is what any question takes, on this machine as busy as it is.
func askNothing(ctx context.Context, s *postgres.Store, backend int) (spent, error) {
	start, cpu := time.Now(), cpuHere()+cpuOf(backend)
	rows, err := s.AllTenants().Query(ctx, "select 1")
	if err != nil {
		return spent{}, fmt.Errorf("ask nothing: %w", err)
	}
	rows.Close()
	return spent{time.Since(start), cpuHere() + cpuOf(backend) - cpu}, rows.Err()
}

// look looks a mutated name up, and asks whether it is the code's.
func (t *tally) look(ctx context.Context, s *postgres.Store, backend int, o register.Organisation, name string) (spent, error) {
	start, cpu := time.Now(), cpuHere()+cpuOf(backend)
	list, err := register.Lookup(ctx, s, name)
	took := spent{time.Since(start), cpuHere() + cpuOf(backend) - cpu}
	if err != nil {
		return took, err
	}
	t.tried++
	if slices.ContainsFunc(list, func(f register.Found) bool { return f.Code == o.Code }) {
		t.found++
	}
	a := register.Source{Store: s}.Ask(ctx, authority.Question{Holder: review.Organisation, Name: name, Number: o.Code})
	if a.Result == review.AuthorityMatch && !register.Same(name, o.Name) {
		t.matched++
	}
	return took, nil
}

func printTally(counts map[text.Class]*tally, classes []text.Class) int {
	var all tally
	for _, c := range classes {
		if t := counts[c]; t != nil && t.tried > 0 {
			fmt.Printf("%-14s %3d tried, %3d found, %d wrongly matched\n", c, t.tried, t.found, t.matched)
			all.tried, all.found, all.matched = all.tried+t.tried, all.found+t.found, all.matched+t.matched
		}
	}
	fmt.Printf("%d of %d found (%.1f %%), %d wrongly matched\n", all.found, all.tried, 100*float64(all.found)/float64(all.tried), all.matched)
	if all.matched > 0 || all.found*100 < all.tried*95 {
		return exitRejected
	}
	return exitOK
}

func printSpent(what string, took []spent, of func(spent) time.Duration) {
	list := make([]time.Duration, len(took))
	for i, s := range took {
		list[i] = of(s)
	}
	slices.Sort(list)
	at := func(percent int) float64 { return float64(list[len(list)*percent/100]) / float64(time.Millisecond) }
	fmt.Printf("%s %.2f ms (median), %.2f ms (95 %%), %.2f ms (99 %%)\n", what, at(50), at(95), at(99))
}
