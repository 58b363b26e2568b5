package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"realname/internal/app"
	"realname/internal/auth"
	"realname/internal/demo"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
	"realname/migrations"
)

// databaseURL is the setting that the database commands need.
func databaseURL() (string, error) {
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		return "", errors.New("set DATABASE_URL, for example postgres://user:password@host:5432/realname")
	}
	return url, nil
}

func migrate(ctx context.Context, args []string) (int, error) {
	if err := parse(flag.NewFlagSet("migrate", flag.ContinueOnError), args); err != nil {
		return exitUsage, err
	}
	url, err := databaseURL()
	if err != nil {
		return exitUsage, err
	}
	if err := migrations.Up(ctx, url); err != nil {
		return exitOurs, err
	}
	fmt.Println("the database has the current schema")
	return exitOK, nil
}

func keys(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("keys create", flag.ContinueOnError)
	tenant := f.String("tenant", "", "id of the tenant; it is made when it is new")
	scopes := f.String("scopes", "submit,read", "what the key may do")
	days := f.Int("days", 365, "days until it expires; 0 for never")
	if len(args) == 0 || args[0] != "create" {
		f.SetOutput(os.Stderr)
		f.Usage()
		return exitUsage, errors.New("usage: realname keys create --tenant ID")
	}
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	if *tenant == "" {
		return exitUsage, errors.New("--tenant must be given")
	}
	url, err := databaseURL()
	if err != nil {
		return exitUsage, err
	}
	store, closeStore, err := app.Store(ctx, app.Config{Postgres: app.PostgresConfig{URL: url}})
	if err != nil {
		return exitOurs, err
	}
	defer closeStore()
	if err := store.EnsureTenant(ctx, *tenant, *tenant); err != nil {
		return exitOurs, err
	}
	key, text := auth.NewKey(*tenant, strings.Split(*scopes, ",")...)
	if *days > 0 {
		key.ExpiresAt = time.Now().AddDate(0, 0, *days)
	}
	if err := store.CreateAPIKey(ctx, key); err != nil {
		return exitOurs, err
	}
	fmt.Println(text)
	fmt.Fprintln(os.Stderr, "keep it now: it is not shown again")
	return exitOK, nil
}

func listReasons(_ context.Context, args []string) (int, error) {
	if err := parse(flag.NewFlagSet("reasons", flag.ContinueOnError), args); err != nil {
		return exitUsage, err
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(rules.Default().Listing()); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

// drawSpecimens draws one document, or the demo batch.
func drawSpecimens(_ context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("specimen", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintf(os.Stderr, "usage: realname specimen [options]\n\nkinds and sides: %s\nfaults: %v\n", strings.Join(specimen.Types(), ", "), specimen.Faults)
		f.PrintDefaults()
	}
	out := f.String("out", "out/specimens", "directory to draw into")
	kind := f.String("type", "", "document type; all of the demo batch when empty")
	role := f.String("role", "licence", "side to draw")
	name := f.String("name", "样本市示例科技有限公司", "printed name")
	number := f.String("number", "91440300MA5EXAMP0C", "printed number")
	faults := f.String("faults", "", "faults, separated by commas")
	batch := f.Int("batch", 0, "instead, write a batch of so many items, a tenth of them of each common fault, as batch.zip")
	seed := f.Uint64("seed", 1, "of the batch; the same seed and day give the same items")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return exitOurs, err
	}
	if *batch > 0 {
		return writeBatch(filepath.Join(*out, "batch.zip"), demo.Generate(*batch, *seed, time.Now()))
	}
	items := demo.Items(time.Now())
	if *kind != "" {
		p := specimen.Spec{Type: review.CredentialType(*kind), Role: review.Role(*role), LegalPerson: "样本丁",
			Printed: review.Declared{Name: *name, Number: *number, IssueDate: review.DateOf(time.Now()).AddDays(-900)}}
		for fault := range strings.FieldsFuncSeq(*faults, func(r rune) bool { return r == ',' }) {
			p.Faults = append(p.Faults, specimen.Fault(fault))
		}
		items = []demo.Item{{Name: strings.ToLower(*kind + "-" + *role), Specimen: p}}
	}
	for _, item := range items {
		data, err := specimen.Draw(item.Specimen)
		if err != nil {
			return exitUsage, err
		}
		path := filepath.Join(*out, item.Name+".jpg")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return exitOurs, err
		}
		fmt.Println(path)
	}
	return exitOK, nil
}

// writeBatch writes items as a batch to be submitted.
func writeBatch(path string, items []demo.Item) (int, error) {
	file, err := os.Create(path)
	if err != nil {
		return exitOurs, err
	}
	err = demo.Pack(file, items)
	if err = errors.Join(err, file.Close()); err != nil {
		return exitOurs, fmt.Errorf("write batch: %w", err)
	}
	fmt.Println(path)
	return exitOK, nil
}
