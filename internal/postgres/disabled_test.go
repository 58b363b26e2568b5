package postgres

import (
	"errors"
	"testing"
	"time"

	"realname/internal/notify"
	"realname/internal/review"
)

// failing makes an endpoint one at which n tries failed since six days ago.
func (f fixture) failing(e review.Endpoint, n int) {
	f.t.Helper()
	f.exec(`update endpoints set failing_since = now() - interval '6 days' where id = $1`, e.ID)
	f.exec(`insert into delivery_tries (delivery_id, number, tenant_id, at, took, status, answer, error)
		select d.id, g, d.tenant_id, now() - interval '1 day', interval '1 second', 500, '', 'answered 500'
		from (select * from deliveries where endpoint_id = $1 limit 1) d, generate_series(1, $2) g`, e.ID, n)
}

// Two failures days apart, with nothing to send between, are no five days of failure.
func TestFewFailuresDisableNothing(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	f.failing(e, notify.FailingTries-1)
	f.finish(f.claimDeliveries(e)[0], notify.Next{Blamed: true, RetryAt: time.Now()})
	if got, _ := f.Endpoint(t.Context(), tenant, e.ID); !got.Enabled {
		t.Errorf("after few failures %+v", got)
	}
}

// What happens while we keep an endpoint disabled is owed to it, for 30 days; what
// happens while its owner does is not.
func TestADisabledEndpointMissesNothing(t *testing.T) {
	for cause, want := range map[string]int{review.DisabledGone: 2, review.DisabledFailing: 2, review.DisabledByOwner: 1, review.DisabledOptOut: 1} {
		f := newFixture(t)
		e := f.told()
		e.Enabled, e.DisabledCause = false, cause
		f.must(f.PutEndpoint(t.Context(), e))
		f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
		if n := len(f.claimDeliveries(e)); n != 0 {
			t.Errorf("%s: %d are sent while it is disabled", cause, n)
		}
		e.Enabled = true
		f.must(f.PutEndpoint(t.Context(), e))
		if n := len(f.claimDeliveries(e)); n != want {
			t.Errorf("%s: enabled again it is told %d, want %d", cause, n, want)
		}
	}
}

// What an endpoint did not ask for when it happened is not owed to it.
func TestWhatIsOwedBeginsWithTheWish(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	f.exec(`update endpoints set enabled_at = now() - interval '1 day'`)
	e.Events = []string{review.EventBatch}
	f.must(f.PutEndpoint(t.Context(), e))
	if n := f.count(`select count(*) from endpoints where enabled_at > now() - interval '1 hour'`); n != 1 {
		t.Error("a new wish is owed from before it was made")
	}
}

// What nobody fetched for 30 days is given up, with a word why.
func TestWhatWaitsForALongDisabledEndpointEnds(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	e.Enabled, e.DisabledCause = false, review.DisabledFailing
	f.must(f.PutEndpoint(t.Context(), e))
	waiting := func(days int) int {
		f.exec(`update endpoints set disabled_at = now() - $1 * interval '1 day'`, days)
		_, err := f.Digests(t.Context(), time.Now())
		f.must(err)
		return f.count(`select count(*) from deliveries d where state = 'due' or not exists (select from delivery_tries t where t.delivery_id = d.id)`)
	}
	if before, after := waiting(29), waiting(31); before != 1 || after != 0 {
		t.Errorf("%d wait after 29 days and %d after 31, want 1 and 0", before, after)
	}
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	if n := f.count(`select count(*) from deliveries`); n != 1 {
		t.Errorf("%d deliveries, want nothing written after 30 days", n)
	}
}

// An endpoint that was deleted since is still told of by its name.
func TestADeletedEndpointCanBeToldOf(t *testing.T) {
	f := newFixture(t)
	e, other := f.told(), f.endpoint(review.Webhook)
	f.finish(f.claimDeliveries(e)[0], notify.Next{DisableEndpoint: true, Blamed: true})
	f.must(f.DeleteEndpoint(t.Context(), tenant, "key", e.ID))
	subject, err := f.Subject(t.Context(), f.claimDeliveries(other)[0])
	if err != nil || subject.About.ID != e.ID {
		t.Errorf("about %+v: %v", subject.About, err)
	}
}

func TestAnUnsubscribedEndpointIsToldOfAndAudited(t *testing.T) {
	f := newFixture(t)
	e := review.Endpoint{ID: newID(t), Tenant: tenant, Kind: review.Email, Target: "ops@acme.example", Enabled: true}
	f.must(f.PutEndpoint(t.Context(), e))
	other := f.endpoint(review.Webhook)
	f.must(f.Unsubscribe(t.Context(), e.ID))
	list := f.claimDeliveries(other)
	if len(list) != 1 || list[0].Event != review.EventDisabled {
		t.Errorf("the other endpoint is told %+v", list)
	}
	if n := f.count(`select count(*) from audit where action = 'endpoint.unsubscribe' and subject = $1`, e.ID); n != 1 {
		t.Errorf("%d rows of audit", n)
	}
	if err := f.Unsubscribe(t.Context(), other.ID); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a webhook unsubscribed: %v", err)
	}
}
