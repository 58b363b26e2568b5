package erase

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"realname/internal/review"
)

// maxLine bounds a line of the list: a part has few items and few documents.
const maxLine = 1 << 20

// Each yields the list as it stands in the bucket.
func (e *Eraser) Each(ctx context.Context, yield func(Line) error) error {
	return e.List.EachUnder(ctx, Prefix, func(key string, _ int64, _ time.Time) error {
		r, err := e.List.Get(ctx, key)
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		var l Line
		if err := json.NewDecoder(io.LimitReader(r, maxLine)).Decode(&l); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		return yield(l)
	})
}

// Read yields the lines of a copy of the list, as Each gave them, one JSON a line.
func Read(from io.Reader, yield func(Line) error) error {
	s := bufio.NewScanner(from)
	s.Buffer(nil, maxLine)
	for n := 1; s.Scan(); n++ {
		var l Line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return fmt.Errorf("line %d of the list of erasures: %w", n, err)
		}
		if err := yield(l); err != nil {
			return err
		}
	}
	return s.Err()
}

// Replayed counts what a restored copy still had.
type Replayed struct {
	Lines   int // of the list
	Items   int // submissions and rows that were to be erased again
	Objects int // documents that were deleted again, there or not
}

// Replay erases again what a list says: after a database or a bucket came back from
// a backup that is older than the erasure, and before anything is served from it.
func (e *Eraser) Replay(ctx context.Context, each func(func(Line) error) error) (Replayed, error) {
	var r Replayed
	err := each(func(l Line) error {
		n, err := e.Store.Adopt(ctx, l)
		if err != nil {
			return err
		}
		r.Lines, r.Items, r.Objects = r.Lines+1, r.Items+n, r.Objects+len(l.Blobs)
		return e.Documents.Delete(ctx, l.Blobs...)
	})
	if err != nil {
		return r, err
	}
	return r, e.Finish(ctx)
}

// Finish does all that waits.
func (e *Eraser) Finish(ctx context.Context) error {
	for {
		if _, err := e.Step(ctx); errors.Is(err, review.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
