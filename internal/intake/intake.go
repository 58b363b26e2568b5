package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/batch"
	"realname/internal/review"
)

// Intake reads batches.
type Intake struct {
	Store     Store
	Blobs     Blobs
	Catalogue Catalogue
	Limits    batch.Limits
	Lease     time.Duration // how long a batch stays claimed without a sign of life
	Readers   int           // batches read at once; every other reader takes small ones only
	Now       func() time.Time
	Log       zerolog.Logger
}

// Run reads batches until ctx ends. wake rings when one was received; a look now
// and then finds those whose reader died. Several are read at once, so that a small
// one need not wait until a large one is read.
func (in *Intake) Run(ctx context.Context, wake <-chan struct{}) error {
	var running sync.WaitGroup
	defer running.Wait()
	told := make(looks, max(in.Readers, 1))
	for i := range told {
		told[i] = make(chan struct{}, 1)
		running.Go(func() { in.reads(ctx, told[i], told.all, i%2 == 1) })
	}
	tick := time.NewTicker(in.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-tick.C:
			in.clean(ctx)
		}
		told.all()
	}
}

// looks are by which the readers are told to look for a batch.
type looks []chan struct{}

// all tells every reader; who has been told already will look anyway.
func (l looks) all() {
	for _, c := range l {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// reads is one reader. It tells the others when it has read a batch: the tenant's next
// one may be read now.
func (in *Intake) reads(ctx context.Context, look <-chan struct{}, tell func(), onlySmall bool) {
	for {
		b, err := in.Store.ClaimBatch(ctx, in.Lease, onlySmall)
		if err == nil {
			err = in.Read(ctx, b)
			tell()
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil || errors.Is(err, review.ErrFenced): // the batch was cancelled, or another process reads it
			continue // there may be another one
		case !errors.Is(err, review.ErrNotFound):
			in.Log.Error().Err(err).Msg("batch could not be read, will be tried again")
		}
		select {
		case <-ctx.Done():
			return
		case <-look:
		}
	}
}

// Read takes all rows of a claimed batch. An error is ours; the batch's own
// faults end it as refused.
func (in *Intake) Read(ctx context.Context, b review.Batch) error {
	held, release := context.WithCancelCause(ctx)
	defer release(nil)
	go in.keep(held, release, b)
	b.State = review.BatchRead
	var refused batch.Problem
	switch err := in.take(held, &b); {
	case errors.Is(context.Cause(held), review.ErrFenced):
		return review.ErrFenced
	case errors.As(err, &refused):
		b.State, b.Faults = review.BatchRefused, append(b.Faults, review.RowFault(refused))
	case err != nil:
		return fmt.Errorf("read batch %s: %w", b.ID, err)
	}
	if err := in.Store.FinishBatch(ctx, b); err != nil {
		return fmt.Errorf("finish batch %s: %w", b.ID, err)
	}
	return in.forget(ctx, b)
}

func (in *Intake) take(ctx context.Context, b *review.Batch) error {
	file, err := in.fetch(ctx, *b)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close(); _ = os.Remove(file.Name()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("size of the archive: %w", err)
	}
	return in.rows(ctx, b, file, info.Size())
}

// keep extends the lease while a batch is read, and ends held when another
// process has it.
func (in *Intake) keep(held context.Context, release context.CancelCauseFunc, b review.Batch) {
	tick := time.NewTicker(in.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-held.Done():
			return
		case <-tick.C:
		}
		if err := in.Store.ExtendBatch(held, b, in.Lease); errors.Is(err, review.ErrFenced) {
			release(err)
			return
		}
	}
}

func (in *Intake) rows(ctx context.Context, b *review.Batch, file io.ReaderAt, size int64) error {
	archive, err := batch.OpenArchive(file, size, in.Limits)
	if err != nil {
		return err
	}
	// Once before anything is taken: a manifest that turns out to be too long or
	// broken at its end must not leave half of its rows behind.
	if err := archive.ReadManifest(func(batch.Row, []batch.Problem) error { return ctx.Err() }); err != nil {
		return err
	}
	saved, err := in.Store.SavedRows(ctx, b.ID)
	if err != nil {
		return err
	}
	t := newTaker(in, *b, archive)
	err = archive.ReadManifest(func(r batch.Row, problems []batch.Problem) error {
		t.note(r)
		if saved[r.Number] {
			t.twice(r)
			return ctx.Err()
		}
		item, err := t.take(ctx, r, problems)
		if err != nil {
			return fmt.Errorf("row %d: %w", r.Number, err)
		}
		return in.Store.SaveItem(ctx, *b, item, in.Lease)
	})
	if err != nil {
		return err
	}
	b.Faults = append(b.Faults, unused(archive.Unused())...)
	return nil
}

// unused tells how many files no row names; file names may be people's names, so
// that only their number is kept.
func unused(n int) []review.RowFault {
	if n == 0 {
		return nil
	}
	return []review.RowFault{{Code: "files_unused", ZH: fmt.Sprintf("压缩包内有 %d 个文件没有被清单引用", n), EN: fmt.Sprintf("%d files of the archive are named by no row", n)}}
}
