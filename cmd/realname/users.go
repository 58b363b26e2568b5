package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"realname/internal/console"
	"realname/internal/desk"
	"realname/internal/postgres"
)

var errUsers = errors.New("usage: realname users invite --tenant ID --login LOGIN --name NAME --role ROLE, or realname users reset --login LOGIN")

// users lets people sign in to the console. It is how the first admin comes in,
// and how one who is locked out comes back.
func users(ctx context.Context, args []string) (int, error) {
	if len(args) == 0 || args[0] != "invite" && args[0] != "reset" {
		return exitUsage, errUsers
	}
	f := flag.NewFlagSet("users "+args[0], flag.ContinueOnError)
	tenant := f.String("tenant", "", "id of the tenant; it is made when it is new")
	login := f.String("login", "", "what the person signs in with")
	name := f.String("name", "", "what colleagues call the person; the login when empty")
	role := f.String("role", string(desk.Admin), "viewer, reviewer, operator or admin")
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	*login = strings.ToLower(*login)
	if *name == "" {
		*name = *login
	}
	if *login == "" || args[0] == "invite" && (*tenant == "" || !slices.Contains(desk.Roles, desk.Role(*role))) {
		return exitUsage, errUsers
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if args[0] == "reset" {
		return resetUser(ctx, store, *login)
	}
	u, password := console.NewPerson(*login, *name, time.Now())
	if err := store.EnsureTenant(ctx, *tenant, *tenant); err != nil {
		return exitOurs, err
	}
	fresh, err := store.Invite(ctx, *tenant, actor(), u, desk.Role(*role))
	if errors.Is(err, desk.ErrTaken) {
		return exitUsage, fmt.Errorf("%s is a member of %s already", *login, *tenant)
	}
	if err != nil {
		return exitOurs, err
	}
	if !fresh {
		fmt.Fprintln(os.Stderr, "the person was known and signs in with the password they have")
		return exitOK, nil
	}
	return tellPassword(password)
}

func resetUser(ctx context.Context, store *postgres.Store, login string) (int, error) {
	u, err := store.User(ctx, login)
	if err != nil {
		return exitUsage, err
	}
	fresh, password := console.NewPerson(u.Login, u.Name, time.Now())
	fresh.ID = u.ID
	if err := store.SetPassword(ctx, fresh, [32]byte{}); err != nil {
		return exitOurs, err
	}
	return tellPassword(password)
}

func tellPassword(password string) (int, error) {
	fmt.Println(password)
	fmt.Fprintln(os.Stderr, "a one-time password: it is not shown again and works for seven days")
	return exitOK, nil
}

// actor is how the audit trail names whoever runs a command.
func actor() string { return "command:" + os.Getenv("USER") }
