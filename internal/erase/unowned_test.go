package erase_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"realname/internal/erase"
	"realname/internal/review"
)

// age makes every key look as old as that.
func (h house) age(old time.Duration) {
	h.Helper()
	_, err := h.pool.Exec(h.Context(), `update blob_keys set created_at = created_at - $1::interval`, old)
	h.must(err)
}

func (h house) store1(object string) {
	h.Helper()
	_, err := h.sealed.Put(h.Context(), object, strings.NewReader("a document"), -1)
	h.must(err)
}

// there reports whether an object can be opened and whether it is stored at all.
func (h house) there(object string) (opens, stored bool) {
	h.Helper()
	_, err := h.sealed.Get(h.Context(), object)
	h.must(h.bucket.EachUnder(h.Context(), object, func(string, int64, time.Time) error { stored = true; return nil }))
	return err == nil, stored
}

// Rule: a document whose upload ended before its row was written is erased after a day,
// object and key; what belongs to something never is.
func TestWhatBelongsToNothingIsErasedAfterADay(t *testing.T) {
	h := newHouse(t)
	const orphan, archive, part, young = tenant + "/x/orphan", tenant + "/batches/archive", tenant + "/parts/0", tenant + "/x/young"
	sub := h.submitted(tenant, person{name: "样本甲", number: "SPECIMEN-1"})
	owned := sub.Attempts[0].Documents[0].BlobKey
	for _, object := range []string{orphan, archive, part} {
		h.store1(object)
	}
	_, _, err := h.store.CreateBatch(t.Context(), review.Batch{ID: id(), Tenant: tenant, Profile: "default", SHA256: "ab", Size: 3, BlobKey: archive, CreatedAt: time.Now()})
	h.must(err)
	_, err = h.pool.Exec(t.Context(), `insert into archive_parts (tenant_id, archive, number, size, sha256, blob_key) values ($1, 'cd', 0, 3, 'ef', $2)`, tenant, part)
	h.must(err)
	h.age(25 * time.Hour)
	h.store1(young)
	n, err := h.eraser.Unowned(t.Context())
	if err != nil || n != 1 {
		t.Errorf("%d were erased, want 1: %v", n, err)
	}
	if opens, stored := h.there(orphan); opens || stored {
		t.Errorf("the orphan opens %v, is stored %v", opens, stored)
	}
	for _, object := range []string{owned, archive, part, young} {
		if opens, _ := h.there(object); !opens {
			t.Errorf("%s is gone", object)
		}
	}
	if n, err := h.eraser.Unowned(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

// Rule: while the storage cannot be reached the key stays, so that the object is found
// again; and what is stored under the same name meanwhile is not touched.
func TestAnOrphanIsErasedWholeOrNotAtAll(t *testing.T) {
	h := newHouse(t)
	const orphan = tenant + "/x/orphan"
	h.store1(orphan)
	h.age(25 * time.Hour)
	down := errors.New("down")
	h.eraser.Bucket = deleting(func(context.Context, ...string) error { return down })
	if _, err := h.eraser.Unowned(t.Context()); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	if opens, _ := h.there(orphan); !opens {
		t.Error("its key is gone, and the object is still stored")
	}
	again := make(chan error, 1)
	h.eraser.Bucket = deleting(func(ctx context.Context, keys ...string) error {
		go func() { // somebody takes the row of a batch up again
			_, err := h.sealed.Put(t.Context(), orphan, strings.NewReader("a document"), -1)
			again <- err
		}()
		return h.bucket.Delete(ctx, keys...)
	})
	if n, err := h.eraser.Unowned(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	h.must(<-again)
	if opens, _ := h.there(orphan); !opens {
		t.Error("what was stored meanwhile is gone")
	}
}

type deleting func(context.Context, ...string) error

func (d deleting) Delete(ctx context.Context, keys ...string) error { return d(ctx, keys...) }

var _ erase.Bucket = deleting(nil)
