package postgres

import (
	"errors"
	"sync"
	"testing"

	"realname/internal/review"
)

func TestASubmissionIsReadBackWhole(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	got, err := f.Submission(t.Context(), tenant, s.ID)
	f.must(err)
	a := got.Attempts[0]
	if got.SubjectRef != "example.cn" || a.Declared.Name != "样本甲" || len(a.Documents) != 1 || a.Documents[0].BlobKey != "k" || a.State != review.Queued {
		t.Errorf("got %+v", got)
	}
	if n := f.count(`select count(*) from outbox where ref = $1`, a.ID); n != 1 {
		t.Errorf("%d outbox rows, want 1", n)
	}
}

func TestAnotherTenantsSubmissionIsLikeAMissingOne(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	for _, c := range []struct{ tenant, id string }{{"other", s.ID}, {tenant, newID(t)}, {tenant, "no-uuid"}} {
		if _, err := f.Submission(t.Context(), c.tenant, c.id); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("tenant %s: %v", c.tenant, err)
		}
	}
}

// I7: same key and body, same submission; other body, refused.
func TestIdempotency(t *testing.T) {
	f := newFixture(t)
	first, replayed, err := f.Submit(t.Context(), tenant, "k1", [32]byte{1}, f.newSubmission())
	f.must(err)
	if replayed {
		t.Error("the first submission was called a replay")
	}
	again, replayed, err := f.Submit(t.Context(), tenant, "k1", [32]byte{1}, f.newSubmission())
	f.must(err)
	if !replayed || again.ID != first.ID {
		t.Errorf("replayed %v, id %s, want %s", replayed, again.ID, first.ID)
	}
	if _, _, err := f.Submit(t.Context(), tenant, "k1", [32]byte{2}, f.newSubmission()); !errors.Is(err, review.ErrKeyReused) {
		t.Errorf("another body: %v", err)
	}
	f.must(f.EnsureTenant(t.Context(), "other", "Other"))
	if _, replayed, err := f.Submit(t.Context(), "other", "k1", [32]byte{2}, f.newSubmission()); err != nil || replayed {
		t.Errorf("keys belong to a tenant: %v %v", replayed, err)
	}
}

func TestTheSameKeyAtTheSameTimeMakesOneSubmission(t *testing.T) {
	f := newFixture(t)
	var wg sync.WaitGroup
	ids := make(chan string, 16)
	for range 16 {
		s := f.newSubmission()
		wg.Go(func() {
			got, _, err := f.Submit(t.Context(), tenant, "same", [32]byte{9}, s)
			if err != nil {
				t.Error(err)
			}
			ids <- got.ID
		})
	}
	wg.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		seen[id] = true
	}
	if len(seen) != 1 || f.count(`select count(*) from submissions`) != 1 {
		t.Errorf("%d ids, %d rows, want one of each", len(seen), f.count(`select count(*) from submissions`))
	}
}

func TestAnExternalIDNamesOneSubmission(t *testing.T) {
	f := newFixture(t)
	for i, want := range []error{nil, review.ErrExternalIDUsed} {
		s := f.newSubmission()
		s.ExternalID = "order-1"
		if _, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s); !errors.Is(err, want) {
			t.Errorf("submission %d: %v, want %v", i+1, err, want)
		}
	}
}
