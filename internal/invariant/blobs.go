package invariant

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/erase"
)

// Blobs lists what is stored.
type Blobs interface {
	// Each yields every object, in the order of keys.
	Each(ctx context.Context, yield func(key string, size int64, changed time.Time) error) error
}

// unowned is how long an object may be stored without a row that names it: an
// upload is stored before its row is committed, and what has none after a day is erased.
const unowned = 25 * time.Hour

// most is the most that an object of a size takes when it is sealed.
func most(size int64) int64 { return size + size/128 + 1<<10 }

const owned = `
	select d.blob_key, d.size, d.created_at >= $1 from (
		select d.blob_key, d.size, a.created_at from documents d join attempts a on a.id = d.attempt_id
		union all select blob_key, size, created_at from batches where archive_kept and state in ('received', 'reading') and blob_key <> ''
		union all select blob_key, size, created_at from archive_parts) d`

type blob struct {
	size   int64
	recent bool
}

// stored compares rows with objects. It holds all keys in memory.
func (c Checker) stored(ctx context.Context, since time.Time) ([]Result, error) {
	missing := Result{ID: "I2", Rule: "every row's document is stored, whole"}
	orphans := Result{ID: "I2", Rule: "every stored object has its row"}
	rows, _ := c.DB.Query(ctx, owned, since)
	want := map[string]blob{}
	var key string
	var b blob
	if _, err := pgx.ForEachRow(rows, []any{&key, &b.size, &b.recent}, func() error { want[key] = b; return nil }); err != nil {
		return nil, fmt.Errorf("list rows of documents: %w", err)
	}
	err := c.Blobs.Each(ctx, func(key string, size int64, changed time.Time) error {
		b, ok := want[key]
		switch {
		case strings.HasPrefix(key, erase.Prefix):
		case !ok && changed.Before(c.Now().Add(-unowned)):
			orphans.add(key)
		case ok && size >= b.size && size <= most(b.size):
			delete(want, key)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for key, b := range want {
		if b.recent {
			missing.add(key)
		}
	}
	return []Result{missing, orphans}, nil
}
