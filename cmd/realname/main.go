// Command realname is the tool beside the services: it runs the whole stack on
// one machine, reviews files without servers, draws specimens, and keeps
// database and keys.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"realname/internal/devstack"
	"realname/internal/reader"
)

// The exit codes. Those of check say how the review ended.
const (
	exitOK       = 0
	exitRejected = 1
	exitUsage    = 2
	exitWaits    = 3 // deferred, or for a person
	exitOurs     = 4 // an error of ours
)

// command is one row of the tool's table.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string) (int, error)
}

func commands() []command {
	return []command{
		{"up", "run everything on this machine until Ctrl-C", up},
		{"serve", "run one service: ingest, worker or notifier, configured by the environment", serve},
		{"demo", "send the demo batch through a fresh stack and check every outcome", runDemo},
		{"check", "review files without any server", checkFiles},
		{"number", "judge credential numbers by themselves, one a line", number},
		{"submit", "send a batch, follow it and fetch its results", submit},
		{"eval", "measure the reader on labelled pictures", evaluate},
		{"replay", "decide past reviews again under other rules, and print what would change", replay},
		{"specimen", "draw specimen documents with chosen faults", drawSpecimens},
		{"reasons", "list the reasons with their checks and texts as JSON", listReasons},
		{"verify", "check every promise against the running system, configured by the environment", verify},
		{"migrate", "bring the database at DATABASE_URL to the current schema", migrate},
		{"seal-key", "make the key that documents are sealed with", sealKey},
		{"keys", "create, list, rotate, revoke: API keys of a tenant; a secret is shown once", keys},
		{"users", "invite, reset: let a person sign in to the console; the one-time password is shown once", users},
		{"seed", "fill a database with made-up submissions, to see the console with a million", fillDatabase},
		{"tenant", "set how often and how soon again a tenant's registrants may try", tenant},
		{"authority", "now: ask at once about all that waits; usage: what each source was asked, by day", askAuthority},
		{"register", "load, list, use, find: keep the organisation register; measure: its lookups on mutated names", keepRegister},
		{"code", "issue, verify, test-ca: signed verification codes for EPP", verificationCode},
		{"verdicts", "import, queue, report: what the registry said, and where we differ", verdicts},
		{"erase", "take a person out of everything, for a purpose; list, replay: the same again after a restore", erasePerson},
		{"hold", "place, release, list: what a legal hold keeps from erasure", hold},
		{"retention", "how long a tenant's data is kept, by ending and document type", retention},
		{"audit", "verify: check that nothing was changed in or taken out of the audit trail; heads: print where it ends", auditTrail},
	}
}

func main() {
	devstack.RunChild()
	reader.RunChild()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage()
		return exitUsage
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		code, err := c.run(ctx, args[1:])
		if errors.Is(err, flag.ErrHelp) {
			return exitUsage
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "realname %s: %v\n", c.name, err)
		}
		return code
	}
	fmt.Fprintf(os.Stderr, "realname: there is no command %q\n\n", args[0])
	usage()
	return exitUsage
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: realname COMMAND [options]")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(os.Stderr, "\nrealname COMMAND -h lists the options of a command.")
}

// parse reads a command's options.
func parse(f *flag.FlagSet, args []string) error {
	f.SetOutput(os.Stderr)
	return f.Parse(args)
}
