package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"realname/internal/app"
	"realname/internal/batch"
	"realname/internal/client"
	"realname/internal/intake"
	"realname/internal/review"
)

// submit sends a batch, follows it and fetches its results. The exit code is 0
// when every row was approved, 1 when some were refused or could not be taken, 3
// when some wait for their day or a person.
func submit(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("submit", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname submit [options] BATCH.zip\n\nThe API key is read from REALNAME_API_KEY.")
		f.PrintDefaults()
	}
	url := f.String("url", "http://127.0.0.1:8080", "address of the API")
	profile := f.String("profile", "", "profile of limits; the default one when empty")
	dry := f.Bool("dry-run", false, "check archive and manifest on this machine, and send nothing")
	out := f.String("out", "", "directory of results.csv and errors.zip; that of the batch when empty")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if f.NArg() != 1 {
		f.Usage()
		return exitUsage, errors.New("want one archive")
	}
	name := f.Arg(0)
	if *dry {
		return dryRun(name, *profile)
	}
	key := os.Getenv("REALNAME_API_KEY")
	if key == "" {
		return exitUsage, errors.New("set REALNAME_API_KEY")
	}
	c := client.Client{URL: *url, Key: key}
	b, err := sendArchive(ctx, c, name, *profile)
	if err != nil {
		return exitOurs, err
	}
	if *out == "" {
		*out = filepath.Dir(name)
	}
	if b.State == string(review.BatchRefused) {
		printFaults(os.Stderr, b.Faults)
		return exitRejected, errors.New("the batch was refused")
	}
	return batchExit(b.Counts), saveResults(ctx, c, b.ID, *out)
}

// sendArchive uploads the archive and follows the batch to its end.
func sendArchive(ctx context.Context, c client.Client, name, profile string) (client.Batch, error) {
	file, err := os.Open(name)
	if err != nil {
		return client.Batch{}, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return client.Batch{}, err
	}
	if info.Size() == 0 {
		return client.Batch{}, fmt.Errorf("%s is empty", name)
	}
	show := newProgress(os.Stderr)
	b, err := c.SubmitBatch(ctx, profile, client.Archive{File: file, Size: info.Size()}, show.upload(info.Size()))
	if err != nil {
		return b, err
	}
	fmt.Fprintf(os.Stderr, "batch %s\n", b.ID)
	return c.FollowBatch(ctx, b.ID, time.Second, show.batch)
}

func saveResults(ctx context.Context, c client.Client, id, dir string) error {
	for _, name := range []string{"results.csv", "results.xlsx", "errors.zip"} {
		path := filepath.Join(dir, name)
		file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		err = c.Fetch(ctx, "/v1/batches/"+id+"/"+name, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("fetch %s: %w", name, err)
		}
		fmt.Println(path)
	}
	return nil
}

func batchExit(n review.BatchCounts) int {
	switch {
	case n.Rejected+n.Faulty > 0:
		return exitRejected
	case n.Waiting+n.Manual+n.Open > 0:
		return exitWaits
	}
	return exitOK
}

// dryRun reads the archive as the service would, without storing anything.
func dryRun(name, profile string) (int, error) {
	r, err := app.Rules(app.Config{})
	if err != nil {
		return exitOurs, err
	}
	file, err := os.Open(name)
	if err != nil {
		return exitUsage, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return exitOurs, err
	}
	report, err := intake.Inspect(file, info.Size(), profile, r.Set, batch.DefaultLimits)
	if err != nil {
		return exitOurs, err
	}
	printFaults(os.Stdout, report.Faults)
	fmt.Printf("%d rows, %d of them with faults\n", report.Rows, report.Faulty)
	if len(report.Faults) > 0 {
		return exitRejected, nil
	}
	return exitOK, nil
}

// printFaults prints a line a fault, in both languages.
func printFaults(w io.Writer, list []review.RowFault) {
	for _, f := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s / %s\n", f.Row, f.Column, f.Code, f.ZH, f.EN)
	}
}
