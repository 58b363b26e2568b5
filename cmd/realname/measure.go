package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"realname/internal/authority/register"
	"realname/internal/devstack"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/specimen"
	"realname/migrations"
)

// registerMemory is what a database that holds a whole register is given: its indexes
// fit into it.
const registerMemory = "1GB"

// measureRegister loads a file, if one is given, among invented organisations into a
// database of its own, and looks up mutated names. It prints counts and times and no
// name.
func measureRegister(ctx context.Context, path string, rows int) (int, error) {
	var real []register.Organisation
	if path != "" {
		for o, err := range register.Read(path, new(register.Count)) {
			if err != nil {
				return exitUsage, err
			}
			real = append(real, o)
		}
	}
	if len(real)+rows == 0 {
		return exitUsage, errors.New("there is nothing to measure: give a file with organisations, or --rows")
	}
	dir, clean, err := stackDir("")
	if err != nil {
		return exitOurs, err
	}
	defer clean()
	if err := os.Mkdir(filepath.Join(dir, "postgres"), 0o700); err != nil {
		return exitOurs, fmt.Errorf("make directory: %w", err)
	}
	pg, err := devstack.StartPostgres(filepath.Join(dir, "postgres"), false, "shared_buffers="+registerMemory)
	if err != nil {
		return exitOurs, err
	}
	code, err := measureIn(ctx, pg.URL("postgres"), real, rows)
	pg.Stop()
	fmt.Printf("in all %.0f s of CPU here, %.0f s in Postgres; at most %d MB of memory here\n", cpuHere().Seconds(), cpuOfChildren().Seconds(), peakMemory()>>20)
	return code, err
}

func measureIn(ctx context.Context, url string, real []register.Organisation, rows int) (int, error) {
	if err := migrations.Up(ctx, url); err != nil {
		return exitOurs, err
	}
	pool, err := postgres.Open(ctx, url, 1) // one connection, whose time is taken
	if err != nil {
		return exitOurs, err
	}
	defer pool.Close()
	store := postgres.New(pool)
	start := time.Now()
	v, err := store.LoadRegister(ctx, review.DateOf(start), among(real, rows), true)
	if err != nil {
		return exitOurs, err
	}
	took := time.Since(start)
	var bytes int64
	var pid int
	if err := pool.QueryRow(ctx, `select pg_total_relation_size($1::regclass), pg_backend_pid()`, fmt.Sprintf("register.names_%d", v.ID)).Scan(&bytes, &pid); err != nil {
		return exitOurs, fmt.Errorf("ask for the size: %w", err)
	}
	fmt.Printf("loaded %d names in %.1f min, %.0f a second; %d MB on disk\n", v.Names, took.Minutes(), float64(v.Names)/took.Seconds(), bytes>>20)
	for _, set := range []struct {
		what string
		list []register.Organisation
	}{{"the file's names", real}, {"invented names", some(rows)}} {
		if len(set.list) == 0 {
			continue
		}
		fmt.Println(set.what)
		if code, err := lookUpMutated(ctx, store, pid, set.list); err != nil || code != exitOK {
			return code, err
		}
	}
	return exitOK, nil
}

// invented yields organisations that do not exist, the same ones each time.
func invented(rows int) iter.Seq[register.Organisation] {
	rng := rand.New(rand.NewPCG(2026, 1))
	return func(yield func(register.Organisation) bool) {
		for i := range rows {
			o := register.Organisation{Code: fmt.Sprintf("91%016d", i), Name: specimen.ManyCompany(rng), Status: "存续", Authority: "样本市市场监督管理局"}
			if !yield(o) {
				return
			}
		}
	}
}

// some are a few of the invented ones.
func some(rows int) (list []register.Organisation) {
	i := 0
	for o := range invented(rows) {
		if i++; i%max(1, rows/mutated) == 0 {
			list = append(list, o)
		}
	}
	return list
}

// among yields the organisations and so many invented ones.
func among(real []register.Organisation, rows int) iter.Seq2[register.Organisation, error] {
	return func(yield func(register.Organisation, error) bool) {
		for _, o := range real {
			if !yield(o, nil) {
				return
			}
		}
		for o := range invented(rows) {
			if !yield(o, nil) {
				return
			}
		}
	}
}
