package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"realname/internal/auth"
	"realname/internal/postgres"
	"realname/internal/review"
)

const keysUsage = "usage: realname keys create --tenant ID | list --tenant ID | rotate --tenant ID KEY | revoke KEY"

// keysOptions are those of all commands over keys.
type keysOptions struct {
	tenant, name, scopes string
	days                 int
	overlap              time.Duration
	key                  string // the public part, or the whole key
}

// keys keeps the API keys of a tenant.
func keys(ctx context.Context, args []string) (int, error) {
	commands := map[string]func(context.Context, *postgres.Store, keysOptions) error{
		"create": createKey, "list": listKeys, "rotate": rotateKey, "revoke": revokeKey,
	}
	if len(args) == 0 || commands[args[0]] == nil {
		return exitUsage, errors.New(keysUsage)
	}
	var o keysOptions
	f := flag.NewFlagSet("keys "+args[0], flag.ContinueOnError)
	f.StringVar(&o.tenant, "tenant", "", "id of the tenant; create makes it when it is new")
	f.StringVar(&o.name, "name", "", "what you call the key")
	f.StringVar(&o.scopes, "scopes", auth.ScopeSubmit+","+auth.ScopeRead, "what the key may do, of "+strings.Join(auth.Scopes, ","))
	f.IntVar(&o.days, "days", 365, "days until it expires; 0 for never")
	f.DurationVar(&o.overlap, "overlap", 24*time.Hour, "how long the old key works beside the new one")
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	if o.key = publicPart(f.Arg(0)); o.key == "" && (args[0] == "rotate" || args[0] == "revoke") || o.tenant == "" && args[0] != "revoke" {
		return exitUsage, errors.New(keysUsage)
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if err := commands[args[0]](ctx, store, o); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

// publicPart is the id in a key, of which its secret is no part.
func publicPart(text string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, "rn_"), "_")
	return id
}

func createKey(ctx context.Context, store *postgres.Store, o keysOptions) error {
	scopes := strings.Split(o.scopes, ",")
	for _, s := range scopes {
		if !slices.Contains(auth.Scopes, s) {
			return fmt.Errorf("scope %q is none of %s", s, strings.Join(auth.Scopes, ", "))
		}
	}
	if err := store.EnsureTenant(ctx, o.tenant, o.tenant); err != nil {
		return err
	}
	key, text := newKey(o, scopes)
	if err := store.CreateAPIKey(ctx, key); err != nil {
		return err
	}
	show(text)
	return nil
}

func newKey(o keysOptions, scopes []string) (review.APIKey, string) {
	key, text := auth.NewKey(o.tenant, scopes...)
	key.Name = o.name
	if o.days > 0 {
		key.ExpiresAt = time.Now().AddDate(0, 0, o.days)
	}
	return key, text
}

func show(text string) {
	fmt.Println(text)
	fmt.Fprintln(os.Stderr, "keep it now: it is not shown again")
}

func listKeys(ctx context.Context, store *postgres.Store, o keysOptions) error {
	list, err := store.APIKeys(ctx, o.tenant)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tNAME\tSCOPES\tMADE\tEXPIRES\tREVOKED\tLAST USED")
	for _, k := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(k.Scopes, ","), day(k.CreatedAt), day(k.ExpiresAt), day(k.RevokedAt), day(k.LastUsedAt))
	}
	return w.Flush()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(review.Shanghai).Format("2006-01-02 15:04")
}

// rotateKey makes a successor with the scopes of the old key.
func rotateKey(ctx context.Context, store *postgres.Store, o keysOptions) error {
	old, err := store.APIKey(ctx, o.key)
	if err != nil {
		return err
	}
	successor, text := newKey(o, old.Scopes)
	if successor.Name == "" {
		successor.Name = old.Name
	}
	until := time.Now().Add(o.overlap)
	if err := store.RotateAPIKey(ctx, actor(), o.key, successor, until); err != nil {
		return err
	}
	show(text)
	fmt.Fprintf(os.Stderr, "the old key works until %s\n", day(until))
	return nil
}

func revokeKey(ctx context.Context, store *postgres.Store, o keysOptions) error {
	if err := store.RevokeAPIKey(ctx, actor(), o.key); err != nil {
		return err
	}
	fmt.Printf("%s is revoked; no service accepts it after five seconds\n", o.key)
	return nil
}
