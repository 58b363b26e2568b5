package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"realname/internal/app"
	"realname/internal/credential"
	"realname/internal/review"
	"realname/internal/text"
)

// number judges credential numbers by themselves: a rules person tries one, or
// pipes a column of a spreadsheet through.
func number(_ context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("number", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname number [--type T] [NUMBER...]\n\nWithout numbers, one a line is read from standard input, up to its first comma.")
		f.PrintDefaults()
	}
	kind := f.String("type", "YYZZ", "our code of the document type, such as YYZZ, TYDM, SFZ, HZ")
	quiet := f.Bool("quiet", false, "print the sum alone")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	r, err := app.Rules(app.Config{})
	if err != nil {
		return exitOurs, err
	}
	t, ok := r.Set.Type(review.CredentialType(*kind))
	if !ok {
		return exitUsage, fmt.Errorf("--type: there is no document type %q", *kind)
	}
	out := io.Writer(os.Stdout)
	if *quiet {
		out = io.Discard
	}
	source := io.Reader(os.Stdin)
	if f.NArg() > 0 {
		source = strings.NewReader(strings.Join(f.Args(), "\n"))
	}
	all, valid, err := judgeNumbers(source, out, t.Numbers)
	if err != nil {
		return exitUsage, err
	}
	fmt.Printf("%d of %d are valid\n", valid, all)
	if valid < all {
		return exitRejected, nil
	}
	return exitOK, nil
}

// judgeNumbers writes a line a number, which tells the line and not the number:
// numbers identify people.
func judgeNumbers(r io.Reader, w io.Writer, formats []string) (all, valid int, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		value, _, _ := strings.Cut(lines.Text(), ",")
		all++
		verdict, ok := judgeNumber(strings.TrimSpace(value), formats)
		if ok {
			valid++
		}
		fmt.Fprintf(w, "%d\t%s\n", all, verdict)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return all, valid, fmt.Errorf("line %d is longer than %d bytes", all+1, bufio.MaxScanTokenSize)
	}
	return all, valid, lines.Err()
}

// judgeNumber says what is wrong with a number under the first format, when none
// of the type's takes it.
func judgeNumber(value string, formats []string) (string, bool) {
	for _, f := range formats {
		if credential.Valid(credential.Format(f), value) {
			return "valid\t" + f, true
		}
	}
	format := credential.Format(formats[0])
	var told []string
	for _, x := range credential.Validate(format, value) {
		told = append(told, strings.TrimSpace(fmt.Sprintf("%s at %d: %q, want %s", x.Kind, x.Position, x.Got, x.Want)))
	}
	if r := credential.Repair(format, value); len(r.Candidates) > 0 {
		told = append(told, fmt.Sprintf("%d candidates", len(r.Candidates)))
		if r.Unique {
			told = append(told, "surely meant: "+places(value, r.Candidates[0].Value))
		}
	}
	return "wrong\t" + strings.Join(told, "; "), false
}

// places tells what to change, place by place.
func places(from, to string) string {
	var list []string
	for _, d := range text.Diff(from, to) {
		list = append(list, fmt.Sprintf("%d: %s→%s", max(d.DeclaredPos, d.ReadPos), d.Declared, d.Read))
	}
	return strings.Join(list, ", ")
}
