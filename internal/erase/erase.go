// Package erase takes a person out of the system: the data keys of their documents,
// the documents, and every column with a name, a number or something read. What is
// left is that a submission was there and how it ended. It is not the place for who
// may ask and what is held back (package postgres writes that down), nor for how a
// key makes a document unreadable (package seal).
//
// An erasure goes on in bounded parts, each of which can be done again, so that a
// program that is killed in one loses nothing. Before a part is done its ids are
// written beside the documents: a database that comes back from a backup does not
// know the erasure any more, and learns it from there (Replay).
//
// A document that belongs to nothing, since its upload ended before its row was
// written, is somebody's all the same: it is erased after a day (Unowned).
package erase

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"realname/internal/review"
)

// Part is the next piece of an erasure.
type Part struct {
	Erasure review.Erasure
	Items   []Item
	// Blobs are the documents of its submissions.
	Blobs []string
}

// Item is a submission or a row of a batch.
type Item struct {
	ID         int64  `json:"-"`
	Submission string `json:"submission,omitempty"`
	Batch      string `json:"batch,omitempty"`
	Row        int    `json:"row,omitempty"`
}

// Store is what an erasure needs of the database.
type Store interface {
	// NextErasure closes what is to be erased against new attempts, withdraws those
	// that are open, and returns it: review.ErrNotFound when nothing waits.
	NextErasure(ctx context.Context, limit int) (Part, error)
	// Erase clears all columns of a part and writes it in the audit trail.
	Erase(ctx context.Context, p Part) error
	// Expire asks for the erasure of what was kept long enough.
	Expire(ctx context.Context, limit int) (int, error)
	// Adopt takes up an erasure that another copy of the database was asked for, as
	// far as it is about what is here. It reports how much that is.
	Adopt(ctx context.Context, l Line) (int, error)
	// DropUnowned looks through up to limit keys behind a place that are older than that,
	// erases those that belong to no document and no archive together with what drop is
	// told to delete, and returns how far it came: review.ErrNotFound when none is left.
	DropUnowned(ctx context.Context, after Place, older time.Duration, limit int, drop func(context.Context, ...string) error) (Place, int, error)
}

// Bucket is where objects are stored as they are; keys are no affair of its.
type Bucket interface {
	Delete(ctx context.Context, keys ...string) error
}

// Documents are sealed; deleting one destroys its key.
type Documents interface {
	Delete(ctx context.Context, keys ...string) error
}

// List keeps what was erased outside of the database.
type List interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error)
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	EachUnder(ctx context.Context, prefix string, yield func(key string, size int64, changed time.Time) error) error
}

// Prefix is where the list is kept in the bucket.
const Prefix = "_erasures/"

// step bounds a part.
const step = 100

// Eraser does what was asked.
type Eraser struct {
	Store     Store
	Documents Documents
	List      List
	Bucket    Bucket

	place Place // of the walk for what belongs to nothing
}

// Step does the next part of the oldest erasure and says how much it was.
func (e *Eraser) Step(ctx context.Context) (int, error) {
	part, err := e.Store.NextErasure(ctx, step)
	if err != nil {
		return 0, err
	}
	if err := e.note(ctx, part); err != nil {
		return 0, err
	}
	if err := e.Documents.Delete(ctx, part.Blobs...); err != nil {
		return 0, fmt.Errorf("erase documents: %w", err)
	}
	return len(part.Items), e.Store.Erase(ctx, part)
}

// Line is one part of an erasure as the list has it: ids, never a name or number.
type Line struct {
	Erasure string    `json:"erasure"`
	Tenant  string    `json:"tenant"`
	Purpose string    `json:"purpose"`
	Actor   string    `json:"actor"`
	AskedAt time.Time `json:"asked_at"`
	Items   []Item    `json:"items"`
	Blobs   []string  `json:"blobs,omitempty"`
}

// note writes a part into the list. Doing it again writes the same again.
func (e *Eraser) note(ctx context.Context, p Part) error {
	l := Line{p.Erasure.ID, p.Erasure.Tenant, p.Erasure.Purpose, p.Erasure.Actor, p.Erasure.AskedAt, p.Items, p.Blobs}
	data, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode erasure: %w", err)
	}
	key := fmt.Sprintf("%s%s/%012d.json", Prefix, p.Erasure.ID, p.Items[0].ID)
	if _, err := e.List.Put(ctx, key, bytes.NewReader(data), int64(len(data))); err != nil {
		return fmt.Errorf("note erasure: %w", err)
	}
	return nil
}
