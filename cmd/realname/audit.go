package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"realname/internal/postgres"
	"realname/internal/review"
)

const auditUsage = "usage: realname audit verify [--heads FILE], or realname audit heads"

// auditTrail verifies the chain of the audit trail, or prints where it ends.
func auditTrail(ctx context.Context, args []string) (int, error) {
	if len(args) == 0 || args[0] != "verify" && args[0] != "heads" {
		return exitUsage, errors.New(auditUsage)
	}
	f := flag.NewFlagSet("audit "+args[0], flag.ContinueOnError)
	file := f.String("heads", "", "what \"realname audit heads\" printed earlier: whether all of that is still there")
	if err := f.Parse(args[1:]); err != nil || f.NArg() > 0 || *file != "" && args[0] == "heads" {
		return exitUsage, errors.New(auditUsage)
	}
	heads, err := readHeads(*file)
	if err != nil {
		return exitUsage, err
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if args[0] == "heads" {
		return printHeads(ctx, store)
	}
	return verifyAudit(ctx, store, heads)
}

// printHeads writes a line for each tenant, to be kept where no administrator of the
// database reaches it.
func printHeads(ctx context.Context, store *postgres.Store) (int, error) {
	heads, err := store.AuditHeads(ctx)
	if err != nil {
		return exitOurs, err
	}
	out := json.NewEncoder(os.Stdout)
	for _, h := range heads {
		if err := out.Encode(h); err != nil {
			return exitOurs, fmt.Errorf("print heads: %w", err)
		}
	}
	return exitOK, nil
}

func readHeads(name string) (heads []review.AuditHead, err error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var h review.AuditHead
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil || h.Tenant == "" || h.Hash == "" {
			return nil, fmt.Errorf("read heads: line %d of %s is not one that \"realname audit heads\" printed", n, name)
		}
		heads = append(heads, h)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	return heads, nil
}

func verifyAudit(ctx context.Context, store *postgres.Store, heads []review.AuditHead) (int, error) {
	entries, broken, err := store.VerifyAudit(ctx)
	if err != nil {
		return exitOurs, err
	}
	lost, err := store.LostHeads(ctx, heads)
	if err != nil {
		return exitOurs, err
	}
	fmt.Printf("%d entries, %d broken; %d earlier ends, %d of them not as they were\n", entries, len(broken), len(heads), len(lost))
	for _, id := range broken {
		fmt.Printf("entry %d was changed, or the one before it is gone\n", id)
	}
	for _, h := range lost {
		fmt.Printf("tenant %s: up to entry %d there were %d entries, and the trail is another now\n", h.Tenant, h.Last, h.Entries)
	}
	if len(broken)+len(lost) > 0 {
		return exitRejected, nil
	}
	return exitOK, nil
}
