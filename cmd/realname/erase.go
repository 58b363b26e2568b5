package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"realname/internal/app"
	"realname/internal/erase"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/seal"
)

const eraseUsage = `usage: realname erase --tenant ID --purpose PURPOSE --submission ID [--others]
       realname erase --tenant ID --purpose PURPOSE --number < FILE   (one credential number on standard input)
       realname erase list > FILE        what was erased, as ids, one line a part: keep it apart from every backup
       realname erase replay [FILE]      after a restore, before anything is served: erase again what a backup brought back`

// erasePerson takes a person out of the system and ends when that is done.
func erasePerson(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 && (args[0] == "list" || args[0] == "replay") {
		eraser, _, closeStore, err := openEraser(ctx)
		if err != nil {
			return exitUsage, err
		}
		defer closeStore()
		if args[0] == "list" {
			return listErased(ctx, eraser)
		}
		return replayErased(ctx, eraser, args[1:])
	}
	var whom review.Whom
	f := flag.NewFlagSet("erase", flag.ContinueOnError)
	f.Usage = func() { fmt.Fprintln(os.Stderr, eraseUsage); f.PrintDefaults() }
	tenant := f.String("tenant", "", "whose registrant it is")
	purpose := f.String("purpose", "", "what for: "+strings.Join(review.ErasurePurposes, ", "))
	f.StringVar(&whom.Submission, "submission", "", "id of one submission")
	f.BoolVar(&whom.Others, "others", false, "and all others of the tenant with a credential number of it")
	byNumber := f.Bool("number", false, "all with the credential number on standard input: a number in an argument would stay in the shell's history")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	if *tenant == "" || !review.ErasurePurpose(*purpose) || *byNumber == (whom.Submission != "") || f.NArg() > 0 {
		f.Usage()
		return exitUsage, errors.New("want a tenant, a purpose of the list, and a submission or a number")
	}
	if *byNumber {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		if whom.Number = strings.ToUpper(strings.Join(strings.Fields(line), "")); whom.Number == "" {
			return exitUsage, errors.New("standard input holds no number")
		}
	}
	return eraseNow(ctx, *tenant, *purpose, whom)
}

func eraseNow(ctx context.Context, tenant, purpose string, whom review.Whom) (int, error) {
	eraser, store, closeStore, err := openEraser(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	start := time.Now()
	e, err := store.AskErasure(ctx, tenant, actor(), purpose, whom)
	switch held := (review.HeldError{}); {
	case errors.As(err, &held):
		return exitRejected, held
	case errors.Is(err, review.ErrNotFound):
		return exitRejected, errors.New("nothing was erased: the tenant has nothing of that person, or has erased it already")
	case err != nil:
		return exitOurs, err
	}
	fmt.Printf("erasure %s: %d submissions and rows\n", e.ID, e.Total)
	if err := eraser.Finish(ctx); err != nil {
		return exitOurs, fmt.Errorf("the erasure is written down and goes on by itself in a worker, or with this command again: %w", err)
	}
	fmt.Printf("erased in %v; realname verify shows that nothing is left (I12)\n", time.Since(start).Round(time.Millisecond))
	return exitOK, nil
}

// openEraser needs the bucket and the database, and no key: it opens nothing.
func openEraser(ctx context.Context) (*erase.Eraser, *postgres.Store, func(), error) {
	c, err := app.FromEnvironment()
	if err != nil {
		return nil, nil, nil, err
	}
	bucket, err := app.Blobs(c)
	if err != nil {
		return nil, nil, nil, err
	}
	store, closeStore, err := app.Store(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	return app.Eraser(store, &seal.Store{Bucket: bucket, Keys: store}), store, closeStore, nil
}

func listErased(ctx context.Context, e *erase.Eraser) (int, error) {
	out := json.NewEncoder(os.Stdout)
	if err := e.Each(ctx, func(l erase.Line) error { return out.Encode(l) }); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

// replayErased erases again what the bucket's list and a copy of it say.
func replayErased(ctx context.Context, e *erase.Eraser, files []string) (int, error) {
	r, err := e.Replay(ctx, func(yield func(erase.Line) error) error {
		for _, name := range files {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			err = errors.Join(erase.Read(f, yield), f.Close())
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return e.Each(ctx, yield)
	})
	if err != nil {
		return exitOurs, err
	}
	fmt.Printf("%d parts of erasures known; %d submissions and rows that had come back were erased again, %d documents deleted or gone already\n", r.Lines, r.Items, r.Objects)
	return exitOK, nil
}
