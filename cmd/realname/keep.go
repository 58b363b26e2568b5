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

	"realname/internal/review"
)

// hold keeps submissions from erasure for as long as the law wants them kept.
func hold(ctx context.Context, args []string) (int, error) {
	usage := errors.New("usage: realname hold place --tenant ID --submission ID --reason FILE-NUMBER | release --tenant ID --submission ID | list --tenant ID")
	if len(args) == 0 || !slices.Contains([]string{"place", "release", "list"}, args[0]) {
		return exitUsage, usage
	}
	h := review.LegalHold{By: actor()}
	f := flag.NewFlagSet("hold "+args[0], flag.ContinueOnError)
	tenant := f.String("tenant", "", "whose submission it is")
	f.StringVar(&h.Submission, "submission", "", "its id")
	f.StringVar(&h.Reason, "reason", "", "a file number; no name or number of a person: it is shown to whoever tries to erase")
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	if *tenant == "" || args[0] != "list" && h.Submission == "" || args[0] == "place" && h.Reason == "" {
		return exitUsage, usage
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	switch args[0] {
	case "place":
		err = store.PlaceHold(ctx, *tenant, h)
	case "release":
		err = store.ReleaseHold(ctx, *tenant, h.By, h.Submission)
	}
	if err != nil {
		return exitOurs, err
	}
	list, err := store.Holds(ctx, *tenant)
	if err != nil {
		return exitOurs, err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SUBMISSION\tHELD SINCE\tBY\tREASON")
	for _, h := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", h.Submission, day(h.At), h.By, h.Reason)
	}
	return exitOK, w.Flush()
}

// retention sets how long a tenant's data is kept.
func retention(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("retention", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname retention --tenant ID [--ending ENDING --days N [--type TYPE]]")
		f.PrintDefaults()
	}
	var r review.Retention
	tenant := f.String("tenant", "", "whose data it is")
	f.StringVar(&r.Ending, "ending", "", "how the submission ended: "+strings.Join(review.Endings, ", "))
	f.StringVar((*string)(&r.Type), "type", "", "document type, such as SFZ; every type without a setting of its own when empty")
	f.IntVar(&r.Days, "days", 0, "days until everything of it is erased; 0 keeps it for ever")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if *tenant == "" || r.Ending != "" && !slices.Contains(review.Endings, r.Ending) || r.Days < 0 || r.Days > 36500 {
		f.Usage()
		return exitUsage, errors.New("want a tenant, an ending of the list, and 0 to 36500 days")
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	if r.Ending != "" {
		if err := store.SetRetention(ctx, *tenant, actor(), r); err != nil {
			return exitOurs, err
		}
	}
	list, err := store.Retentions(ctx, *tenant)
	if err != nil {
		return exitOurs, err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ENDING\tTYPE\tDAYS")
	for _, r := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\n", r.Ending, r.Type, r.Days)
	}
	return exitOK, w.Flush()
}
