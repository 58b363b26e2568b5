package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"realname/internal/authority/register"
	"realname/internal/postgres"
	"realname/internal/review"
)

// keepRegister loads the organisation register and looks into it.
func keepRegister(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("register", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname register load [--as-of DAY] [--smaller] FILE | list | use VERSION | find NAME | measure [--rows N] [FILE]\n\n"+
			"FILE is a CSV or Parquet with the columns code and name, and perhaps former_names, status, established, registered, authority.")
		f.PrintDefaults()
	}
	asOf := f.String("as-of", "", "day of the register's data, 2026-01-31; today when empty")
	smaller := f.Bool("smaller", false, "load although the file holds much fewer names than the register in use")
	rows := f.Int("rows", 0, "measure among so many invented organisations more")
	if len(args) == 0 {
		f.Usage()
		return exitUsage, errors.New("say what to do with the register")
	}
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	day := review.DateOf(time.Now())
	if *asOf != "" {
		var err error
		if day, err = review.ParseDate(*asOf); err != nil || !day.HasDay() {
			return exitUsage, fmt.Errorf("--as-of: want a day such as 2026-01-31")
		}
	}
	if args[0] == "measure" {
		return measureRegister(ctx, f.Arg(0), *rows)
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	switch args[0] {
	case "load":
		return loadRegister(ctx, store, day, f.Arg(0), *smaller)
	case "list":
		return listRegisters(ctx, store)
	case "use":
		id, err := strconv.ParseInt(f.Arg(0), 10, 64)
		if err != nil {
			return exitUsage, errors.New("want the number of a version")
		}
		return exitOK, store.UseRegister(ctx, id)
	case "find":
		return findInRegister(ctx, store, f.Arg(0))
	}
	f.Usage()
	return exitUsage, fmt.Errorf("there is no %q", args[0])
}

// loadRegister says of every row of the file what became of it.
func loadRegister(ctx context.Context, s *postgres.Store, day review.Date, path string, smaller bool) (int, error) {
	var n register.Count
	v, err := s.LoadRegister(ctx, day, register.Read(path, &n), smaller)
	printCount(os.Stdout, n)
	if err != nil {
		return exitOurs, err
	}
	fmt.Printf("version %d with %d names is in use\n", v.ID, v.Names)
	return exitOK, nil
}

func printCount(w io.Writer, n register.Count) {
	fmt.Fprintf(w, "%d rows read, %d taken, %d refused\n", n.Read, n.Taken, n.Read-n.Taken)
	for _, cause := range slices.Sorted(maps.Keys(n.Refused)) {
		fmt.Fprintf(w, "refused %d: %s\n", n.Refused[cause], cause)
	}
	for _, f := range n.First {
		fmt.Fprintf(w, "refused: %v\n", f)
	}
	for _, what := range slices.Sorted(maps.Keys(n.LeftOut)) {
		fmt.Fprintf(w, "%d %s that cannot be read are left out of rows that are taken\n", n.LeftOut[what], what)
	}
}

func listRegisters(ctx context.Context, s *postgres.Store) (int, error) {
	list, err := s.Registers(ctx)
	if err != nil {
		return exitOurs, err
	}
	for _, v := range list {
		use := ""
		if v.InUse {
			use = "in use"
		}
		fmt.Printf("version %d, as of %s, %d names %s\n", v.ID, v.AsOf, v.Names, use)
	}
	return exitOK, nil
}

func findInRegister(ctx context.Context, s *postgres.Store, name string) (int, error) {
	list, err := register.Lookup(ctx, s, name)
	if err != nil {
		return exitOurs, err
	}
	for _, f := range list {
		former := ""
		if f.Former {
			former = "former name"
		}
		fmt.Printf("%s  %s  %s %s\n", f.Code, f.Name, f.Status, former)
	}
	return exitOK, nil
}
