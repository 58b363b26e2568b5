package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"realname/internal/demo"
	"realname/internal/review"
	"realname/internal/specimen"
)

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
