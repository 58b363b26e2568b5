package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"realname/internal/app"
	"realname/internal/authority"
	"realname/internal/authority/register"
	"realname/internal/devstack"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/specimen"
	"realname/internal/text"
	"realname/migrations"
)

// mutated is how many mutated names are looked up.
const mutated = 500

// measureRegister loads a file, among invented organisations, into a database of its
// own, and looks up mutated names. It prints counts and times and no name.
func measureRegister(ctx context.Context, path string, rows int) (int, error) {
	dir, clean, err := stackDir("")
	if err != nil {
		return exitOurs, err
	}
	defer clean()
	if err := os.Mkdir(filepath.Join(dir, "postgres"), 0o700); err != nil {
		return exitOurs, fmt.Errorf("make directory: %w", err)
	}
	pg, err := devstack.StartPostgres(filepath.Join(dir, "postgres"), false)
	if err != nil {
		return exitOurs, err
	}
	defer pg.Stop()
	url := pg.URL("postgres")
	if err := migrations.Up(ctx, url); err != nil {
		return exitOurs, err
	}
	store, closeStore, err := app.Store(ctx, app.Config{Postgres: app.PostgresConfig{URL: url}})
	if err != nil {
		return exitOurs, err
	}
	defer closeStore()
	var real []register.Organisation
	for o, err := range register.Read(path) {
		if err != nil {
			return exitUsage, err
		}
		real = append(real, o)
	}
	if len(real) == 0 {
		return exitUsage, errors.New("the file holds no organisation")
	}
	start := time.Now()
	v, err := store.LoadRegister(ctx, review.DateOf(start), among(real, rows))
	if err != nil {
		return exitOurs, err
	}
	fmt.Printf("loaded %d names in %.1f s\n", v.Names, time.Since(start).Seconds())
	return lookUpMutated(ctx, store, real)
}

// among yields the organisations and so many invented ones.
func among(real []register.Organisation, rows int) iter.Seq2[register.Organisation, error] {
	rng := rand.New(rand.NewPCG(2026, 1))
	return func(yield func(register.Organisation, error) bool) {
		for _, o := range real {
			if !yield(o, nil) {
				return
			}
		}
		for i := range rows {
			o := register.Organisation{Code: fmt.Sprintf("91%016d", i), Name: specimen.ManyCompany(rng), Status: "存续", Authority: "样本市市场监督管理局"}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// tally counts one class of difference.
type tally struct{ tried, found, matched int }

func lookUpMutated(ctx context.Context, s *postgres.Store, real []register.Organisation) (int, error) {
	rng := rand.New(rand.NewPCG(2026, 2))
	counts := map[text.Class]*tally{}
	classes := slices.Sorted(maps.Keys(register.Mutations))
	var took []time.Duration
	for n := 0; n < mutated; {
		class, o := classes[rng.IntN(len(classes))], real[rng.IntN(len(real))]
		name, ok := register.Mutations[class](rng, []rune(o.Name))
		if !ok || string(name) == o.Name {
			continue
		}
		n++
		if counts[class] == nil {
			counts[class] = &tally{}
		}
		d, err := counts[class].look(ctx, s, o, string(name))
		if err != nil {
			return exitOurs, err
		}
		took = append(took, d)
	}
	return printTally(counts, classes, took), nil
}

// look looks a mutated name up, and asks whether it is the code's.
func (t *tally) look(ctx context.Context, s *postgres.Store, o register.Organisation, name string) (time.Duration, error) {
	start := time.Now()
	list, err := register.Lookup(ctx, s, name)
	took := time.Since(start)
	if err != nil {
		return 0, err
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

func printTally(counts map[text.Class]*tally, classes []text.Class, took []time.Duration) int {
	var all tally
	for _, c := range classes {
		if t := counts[c]; t != nil {
			fmt.Printf("%-14s %3d tried, %3d found, %d wrongly matched\n", c, t.tried, t.found, t.matched)
			all.tried, all.found, all.matched = all.tried+t.tried, all.found+t.found, all.matched+t.matched
		}
	}
	slices.Sort(took)
	fmt.Printf("%d of %d found (%.1f %%), %d wrongly matched; a lookup takes %.2f ms (median), %.2f ms (95 %%)\n", all.found, all.tried,
		100*float64(all.found)/float64(all.tried), all.matched, milliseconds(took[len(took)/2]), milliseconds(took[len(took)*95/100]))
	if all.matched > 0 || all.found*100 < all.tried*95 {
		return exitRejected
	}
	return exitOK
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
