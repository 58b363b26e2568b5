package intake_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"realname/internal/intake"
	"realname/internal/review"
)

const otherTenant = "other"

// Rule: of one tenant one large batch and one small one are read at a time, and a
// reader of small ones leaves the large ones alone.
func TestWhichBatchIsReadNext(t *testing.T) {
	f := newFixture(t)
	f.must(f.store.EnsureTenant(t.Context(), otherTenant, otherTenant))
	large := func(tenant, id string) review.Batch { return f.receiveAs(tenant, []byte(id), review.SmallBatch+1) }
	small := func(tenant, id string) review.Batch { return f.receiveAs(tenant, []byte(id), review.SmallBatch) }
	all := []review.Batch{large(tenant, "0"), large(tenant, "1"), small(tenant, "2"), small(tenant, "3"), large(otherTenant, "4"), small(otherTenant, "5")}
	var got []int
	for _, onlySmall := range []bool{true, false, false, true, true, false} {
		b, err := f.store.ClaimBatch(t.Context(), time.Minute, onlySmall)
		if errors.Is(err, review.ErrNotFound) {
			got = append(got, -1)
			continue
		}
		f.must(err)
		got = append(got, slices.IndexFunc(all, func(x review.Batch) bool { return x.ID == b.ID }))
	}
	if want := []int{2, 0, 4, 5, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// Rule: a small batch does not wait until a large one is read, and the tenant's next
// one is read as soon as the one before is.
func TestASmallBatchIsReadBesideALargeOne(t *testing.T) {
	f := newFixture(t)
	row := func(id string) []byte {
		return archive(head+id+","+id+".example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n", "a.jpg")
	}
	large := f.receiveAs(tenant, row("a"), review.SmallBatch+1)
	next := f.receiveAs(tenant, row("b"), review.SmallBatch+1)
	gate := &gated{Blobs: f.blobs, key: large.BlobKey, open: make(chan struct{})}
	in := *f.Intake
	finished := &finishing{Store: f.store, read: make(chan string, 3)}
	in.Blobs, in.Store, in.Readers = gate, finished, 2
	ctx, stop := context.WithCancel(t.Context())
	wake, ended := make(chan struct{}), make(chan error)
	go func() { ended <- in.Run(ctx, wake) }()
	defer func() { stop(); f.must(<-ended) }()
	small := f.receive(row("c"))
	wake <- struct{}{}
	if id := <-finished.read; id != small.ID {
		t.Errorf("%s was read first, not the small one %s", id, small.ID)
	}
	if b, err := f.store.Batch(t.Context(), tenant, next.ID); err != nil || b.State != review.BatchReceived {
		t.Errorf("the tenant's next large batch is %s while the first is read, %v", b.State, err)
	}
	close(gate.open)
	if first, second := <-finished.read, <-finished.read; first != large.ID || second != next.ID {
		t.Errorf("read %s and %s, want %s and %s", first, second, large.ID, next.ID)
	}
}

// finishing tells which batches were read.
type finishing struct {
	intake.Store
	read chan string
}

func (s *finishing) FinishBatch(ctx context.Context, b review.Batch) error {
	err := s.Store.FinishBatch(ctx, b)
	s.read <- b.ID
	return err
}

// gated keeps one archive back until it is opened.
type gated struct {
	intake.Blobs
	key  string
	open chan struct{}
}

func (g *gated) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if key == g.key {
		select {
		case <-g.open:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return g.Blobs.Get(ctx, key)
}
