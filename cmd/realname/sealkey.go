package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"realname/internal/seal"
)

// sealKey prints a new key: the half that opens and seals to standard output, so
// that it can be piped to where secrets are kept, the other half beside it.
func sealKey(_ context.Context, args []string) (int, error) {
	if err := parse(flag.NewFlagSet("seal-key", flag.ContinueOnError), args); err != nil {
		return exitUsage, err
	}
	opens, seals, err := seal.NewKey()
	if err != nil {
		return exitOurs, err
	}
	fmt.Println(opens)
	fmt.Fprintf(os.Stderr, "SEAL_KEY is above. Keep a copy apart from the backups: without it no document can be read again.\n"+
		"A program that takes single submissions and must not open them gets this one instead:\n%s\n", seals)
	return exitOK, nil
}
