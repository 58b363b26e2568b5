package postgres

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"realname/internal/review"
)

func TestTheQueueIsOrderedByDeadline(t *testing.T) {
	f := newFixture(t)
	late, soon := f.newSubmission(), f.newSubmission()
	late.HoldAt, soon.TimesOutAt = time.Now().Add(96*time.Hour), time.Now().Add(time.Hour)
	for _, s := range []review.Submission{late, soon} {
		_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
		f.must(err)
	}
	rings, err := f.Candidates(t.Context(), time.Hour, 10)
	f.must(err)
	if len(rings) != 2 || rings[0].Ref != soon.Attempts[0].ID {
		t.Errorf("rings %+v", rings)
	}
	f.must(f.Told(t.Context(), []int64{rings[0].ID, rings[1].ID}))
	if rings, err = f.Candidates(t.Context(), time.Hour, 10); len(rings) != 0 || err != nil {
		t.Errorf("after telling: %v %v", rings, err)
	}
}

// I8: no queued attempt without a live message for long.
func TestAQueuedAttemptWhoseMessageWasLostIsRungAgain(t *testing.T) {
	f := newFixture(t)
	f.submit()
	f.exec(`delete from outbox`) // told, and NATS lost it
	if n, err := f.RingLate(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("too early: %d %v", n, err)
	}
	f.exec(`update attempts set created_at = now() - interval '2 hours'`)
	for _, want := range []int{1, 0} {
		if n, err := f.RingLate(t.Context(), time.Hour); n != want || err != nil {
			t.Errorf("rung %d (%v), want %d", n, err, want)
		}
	}
}

func TestADutyIsDoneByOneAtATime(t *testing.T) {
	f := newFixture(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := f.Lead(t.Context(), "d", func(context.Context) error { close(inside); <-leave; return nil })
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	led, err := f.Lead(t.Context(), "d", func(context.Context) error { t.Error("two at a time"); return nil })
	if led || err != nil {
		t.Errorf("led %v (%v)", led, err)
	}
	if led, err := f.Lead(t.Context(), "e", func(context.Context) error { return nil }); !led || err != nil {
		t.Errorf("another duty: %v %v", led, err)
	}
	close(leave)
	wg.Wait()
	if led, err := f.Lead(t.Context(), "d", func(context.Context) error { return nil }); !led || err != nil {
		t.Errorf("afterwards: %v %v", led, err)
	}
}

func TestChangesSignalANewSubmission(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := f.Changes(ctx)
	<-changes // listening
	f.submit()
	<-changes
}

func (f fixture) endpoint(kind review.EndpointKind) review.Endpoint {
	f.t.Helper()
	e := review.Endpoint{ID: newID(f.t), Tenant: tenant, Kind: kind, Target: "https://receiver.example/hook", Secret: "whsec_x", Enabled: true}
	f.must(f.PutEndpoint(f.t.Context(), e))
	return e
}

// deliveryIDs are those of all deliveries.
func (f fixture) deliveryIDs() []string {
	f.t.Helper()
	rows, err := f.pool.Query(f.t.Context(), `select id::text from deliveries order by id`)
	f.must(err)
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		f.must(rows.Scan(&id))
		ids = append(ids, id)
	}
	return ids
}

// I5: every outcome has one delivery per enabled endpoint.
func TestAnOutcomeIsToldToEveryEnabledEndpoint(t *testing.T) {
	f := newFixture(t)
	f.endpoint(review.Webhook)
	f.endpoint(review.Email)
	off := f.endpoint(review.Webhook)
	off.Enabled = false
	f.must(f.PutEndpoint(t.Context(), off))
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	if n := len(f.deliveryIDs()); n != 2 {
		t.Errorf("%d deliveries, want 2", n)
	}
}

func TestAPIKeysAreReadBack(t *testing.T) {
	f := newFixture(t)
	k := review.APIKey{ID: "k1", Tenant: tenant, Hash: [32]byte{1, 2}, Scopes: []string{"submit"}}
	f.must(f.CreateAPIKey(t.Context(), k))
	got, err := f.APIKey(t.Context(), "k1")
	f.must(err)
	if got.Hash != k.Hash || got.Tenant != tenant || len(got.Scopes) != 1 {
		t.Errorf("got %+v", got)
	}
	if _, err := f.APIKey(t.Context(), "none"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("missing: %v", err)
	}
}
