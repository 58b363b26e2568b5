package postgres

import (
	"slices"
	"testing"
	"time"

	"realname/internal/notify"
	"realname/internal/review"
)

func told(list []review.Delivery) (events []string) {
	for _, d := range list {
		events = append(events, d.Event)
	}
	return events
}

// gathering is an endpoint with a digest.
func (f fixture) gathering(d review.Digest) review.Endpoint {
	f.t.Helper()
	e := f.endpoint(review.Webhook)
	e.Digest = d
	f.must(f.PutEndpoint(f.t.Context(), e))
	return e
}

func (f fixture) gather(now time.Time) {
	f.t.Helper()
	_, err := f.Digests(f.t.Context(), now)
	f.must(err)
}

var rejected = review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear}

// What is decided after its batch's end was told is told by itself.
func TestABatchDigestSwallowsNothing(t *testing.T) {
	f := newFixture(t)
	e := f.gathering(review.BatchDigest)
	b, _, err := f.CreateBatch(t.Context(), review.Batch{ID: newID(t), Tenant: tenant, Profile: "default", SHA256: "x", BlobKey: "k", CreatedAt: time.Now()})
	f.must(err)
	a := f.submit().Attempts[0]
	f.exec(`update batches set state = 'read', read_at = now() where id = $1`, b.ID)
	f.exec(`insert into batch_items (batch_id, row, tenant_id, external_id, reseller, submission_id, attempt_id, faults, cells)
		values ($1, 1, $2, '', '', $3, $4, '[]', '{}')`, b.ID, tenant, a.SubmissionID, a.ID)
	f.must(f.recordOutcome(f.claim(a.ID), review.Outcome{Kind: review.Deferred, EligibleAt: time.Now().Add(time.Hour)}))
	_, err = f.FinishBatches(t.Context())
	f.must(err)
	f.gather(time.Now())
	list := f.claimDeliveries(e)
	if got := told(list); !slices.Equal(got, []string{review.EventBatch}) {
		t.Fatalf("told %q, want the batch's end alone", got)
	}
	f.finish(list[0], notify.Next{Delivered: true})
	_, err = f.Eligible(t.Context(), time.Now().Add(2*time.Hour))
	f.must(err)
	f.must(f.recordOutcome(f.claim(a.ID), rejected))
	f.gather(time.Now())
	for _, want := range []string{review.EventEligible, review.EventDecided} {
		list := f.claimDeliveries(e)
		if got := told(list); !slices.Equal(got, []string{want}) {
			t.Fatalf("told %q, want %s", got, want)
		}
		f.finish(list[0], notify.Next{Delivered: true})
	}
	if n, err := f.ReplayDeliveries(t.Context(), tenant, "op", review.DeliveryFilter{State: review.DeliveryDigested, Limit: 50}); n != 1 || err != nil {
		t.Errorf("replayed %d of the digested, %v, want the deferral", n, err)
	}
	if got := told(f.claimDeliveries(e)); !slices.Equal(got, []string{review.EventDeferred}) {
		t.Errorf("the replay sends %q", got)
	}
}

// What was written before midnight and came after the day was told is told with the next day.
func TestADayDigestSwallowsNothing(t *testing.T) {
	f := newFixture(t)
	e := f.gathering(review.DayDigest)
	midnight := review.DateOf(time.Now()).Start()
	reject := func() {
		f.must(f.recordOutcome(f.claim(f.submit().Attempts[0].ID), rejected))
		f.exec(`update deliveries set created_at = $1 where state = 'held'`, midnight.Add(-10*time.Millisecond))
	}
	day := func(at time.Time, want int) {
		t.Helper()
		f.gather(at)
		n := 0
		for _, d := range f.claimDeliveries(e) {
			subject, err := f.Subject(t.Context(), d)
			f.must(err)
			n += subject.Day.Counts[review.Rejected]
			f.finish(d, notify.Next{Delivered: true})
		}
		if n != want {
			t.Errorf("at %s: told of %d refusals, want %d", at, n, want)
		}
	}
	reject()
	day(midnight.Add(time.Minute), 0)
	day(midnight.Add(6*time.Minute), 1)
	reject()
	day(midnight.Add(7*time.Minute), 0)
	day(midnight.AddDate(0, 0, 1).Add(time.Hour), 1)
}
