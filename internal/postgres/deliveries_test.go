package postgres

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"realname/internal/notify"
	"realname/internal/review"
)

// told is an approved attempt that one webhook is to be told of.
func (f fixture) told() review.Endpoint {
	f.t.Helper()
	e := f.endpoint(review.Webhook)
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	return e
}

func (f fixture) claimDeliveries(e review.Endpoint) []review.Delivery {
	f.t.Helper()
	list, err := f.ClaimDeliveries(f.t.Context(), map[string]int{e.ID: 10}, time.Minute)
	f.must(err)
	return list
}

func (f fixture) finish(d review.Delivery, next notify.Next) {
	f.t.Helper()
	f.must(f.FinishDeliveries(f.t.Context(), []notify.Finished{{Delivery: d, Try: notify.Try{At: time.Now(), Status: 200, Answer: "ok"}, Next: next}}))
}

// due makes everything due and every lease run out.
func (f fixture) due() {
	f.exec(`update deliveries set next_at = now() - interval '1 second', lease_until = null where state = 'due'`)
}

func TestADeliveryIsTriedByOneAndFenced(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	first := f.claimDeliveries(e)
	if len(first) != 1 || len(f.claimDeliveries(e)) != 0 {
		t.Fatalf("claimed %d, want it once", len(first))
	}
	f.due()
	again := f.claimDeliveries(e)
	f.finish(first[0], notify.Next{Delivered: true})
	if n := f.count(`select count(*) from deliveries where state = 'delivered'`) + f.count(`select count(*) from delivery_tries`); n != 0 {
		t.Error("a late finish wrote")
	}
	f.finish(again[0], notify.Next{Delivered: true})
	d, tries, err := f.Delivery(t.Context(), tenant, again[0].ID)
	f.must(err)
	if d.State != review.DeliveryDelivered || len(tries) != 1 || tries[0].Number != 2 || tries[0].Answer != "ok" {
		t.Errorf("%+v %+v", d, tries)
	}
}

// A claim that runs out is counted as lost; one that was finished, or begun anew by a
// replay, is not.
func TestATryWithoutAnEndIsCountedAsLost(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	counts := func() string {
		d := f.claimDeliveries(e)[0]
		return fmt.Sprintf("%d tries, %d lost", d.Tries, d.Lost)
	}
	lose := func() {
		f.exec(`update deliveries set next_at = now() - interval '1 second', lease_until = now() - interval '1 second' where state = 'due'`)
	}
	got := []string{counts()}
	lose()
	d := f.claimDeliveries(e)[0]
	f.finish(d, notify.Next{RetryAt: time.Now().Add(-time.Second)})
	got = append(got, counts())
	lose()
	f.must(f.ReplayDelivery(t.Context(), tenant, "op", d.ID))
	got = append(got, counts())
	if want := []string{"1 tries, 0 lost", "3 tries, 1 lost", "1 tries, 0 lost"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Deliveries about one submission go in the order of their events.
func TestALaterEventWaitsForTheEarlierOne(t *testing.T) {
	f := newFixture(t)
	e := f.endpoint(review.Webhook)
	s := f.submit()
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), review.Outcome{Kind: review.Deferred, EligibleAt: time.Now().Add(time.Hour)}))
	if _, err := f.Eligible(t.Context(), time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	f.must(f.record(f.claim(s.Attempts[0].ID), review.Approved))
	for _, want := range []string{review.EventDeferred, review.EventEligible, review.EventDecided} {
		list := f.claimDeliveries(e)
		if len(list) != 1 || list[0].Event != want {
			t.Fatalf("claimed %+v, want %s alone", list, want)
		}
		subject, err := f.Subject(t.Context(), list[0])
		f.must(err)
		kind := review.Deferred
		if want == review.EventDecided {
			kind = review.Approved
		}
		if got := subject.Submission.Attempts[0].Outcome.Kind; got != kind {
			t.Errorf("%s shows %s, want %s as of its event", want, got, kind)
		}
		f.finish(list[0], notify.Next{RetryAt: time.Now().Add(time.Hour)})
		if len(f.claimDeliveries(e)) != 0 {
			t.Error("overtaken while it waits for its next try")
		}
		f.due()
		last := f.claimDeliveries(e)
		f.finish(last[0], notify.Next{Delivered: true})
		behind, err := f.Behind(t.Context(), last)
		f.must(err)
		if more := want != review.EventDecided; behind != more {
			t.Errorf("after %s something waits behind: %v, want %v", want, behind, more)
		}
	}
}

func TestAnEndpointIsDisabledAndTheOthersAreTold(t *testing.T) {
	for cause, prepare := range map[string]func(f fixture, e review.Endpoint) notify.Next{
		review.DisabledGone: func(fixture, review.Endpoint) notify.Next { return notify.Next{DisableEndpoint: true, Blamed: true} },
		review.DisabledFailing: func(f fixture, e review.Endpoint) notify.Next {
			f.failing(e, notify.FailingTries)
			return notify.Next{Blamed: true, RetryAt: time.Now()}
		},
	} {
		f := newFixture(t)
		e := f.told()
		other := f.endpoint(review.Webhook)
		f.finish(f.claimDeliveries(e)[0], prepare(f, e))
		got, err := f.Endpoint(t.Context(), tenant, e.ID)
		f.must(err)
		if got.Enabled || got.DisabledCause != cause {
			t.Errorf("%s: %+v", cause, got)
		}
		list := f.claimDeliveries(other)
		if len(list) != 1 || list[0].Event != review.EventDisabled || list[0].AboutID != e.ID {
			t.Errorf("%s: the other endpoint is told %+v", cause, list)
		}
		subject, err := f.Subject(t.Context(), list[0])
		f.must(err)
		if subject.About.DisabledCause != cause {
			t.Errorf("about %+v", subject.About)
		}
	}
}

func TestOneFailureOrAnArrivalDisablesNothing(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	f.finish(f.claimDeliveries(e)[0], notify.Next{Blamed: true, RetryAt: time.Now()})
	if got, _ := f.Endpoint(t.Context(), tenant, e.ID); !got.Enabled || got.FailingSince.IsZero() {
		t.Errorf("after one failure %+v", got)
	}
	f.exec(`update endpoints set failing_since = now() - interval '6 days'`)
	f.finish(f.claimDeliveries(e)[0], notify.Next{Delivered: true})
	if got, _ := f.Endpoint(t.Context(), tenant, e.ID); !got.Enabled || !got.FailingSince.IsZero() {
		t.Errorf("after an arrival %+v", got)
	}
}

func TestReplaysGoOutAgainWithTheSameID(t *testing.T) {
	f := newFixture(t)
	e := f.told()
	d := f.claimDeliveries(e)[0]
	f.finish(d, notify.Next{Delivered: true})
	f.must(f.ReplayDelivery(t.Context(), tenant, "key", d.ID))
	again := f.claimDeliveries(e)
	if len(again) != 1 || again[0].ID != d.ID || again[0].Tries != 1 {
		t.Fatalf("%+v", again)
	}
	f.finish(again[0], notify.Next{})
	for filter, want := range map[review.DeliveryFilter]int{
		{EndpointID: e.ID, State: review.DeliveryDelivered, Limit: 10}: 0,
		{EndpointID: e.ID, State: review.DeliveryExhausted, Limit: 10}: 1,
	} {
		if n, err := f.ReplayDeliveries(t.Context(), tenant, "key", filter); n != want || err != nil {
			t.Errorf("%+v: %d %v, want %d", filter, n, err, want)
		}
	}
	if err := f.ReplayDelivery(t.Context(), "other", "key", d.ID); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("another tenant's: %v", err)
	}
}

// An endpoint is told only what it asked for, and registrants nothing about batches.
func TestAnEndpointIsToldWhatItWants(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		kind   review.EndpointKind
		target string
		events []string
		want   map[string]bool
	}{
		{review.Webhook, "https://a.example", nil, map[string]bool{review.EventDecided: true, review.EventReviewed: true, review.EventBatch: true}},
		{review.Webhook, "https://b.example", []string{review.EventBatch}, map[string]bool{review.EventBatch: true}},
		{review.Email, "", nil, map[string]bool{review.EventDecided: true, review.EventReviewed: true}},
		{review.Email, "", []string{review.EventBatch, review.EventDecided}, map[string]bool{review.EventDecided: true}},
	} {
		e := review.Endpoint{ID: newID(t), Tenant: tenant, Kind: c.kind, Target: c.target, Events: c.events, Enabled: true}
		f.must(f.PutEndpoint(t.Context(), e))
		for _, event := range []string{review.EventDecided, review.EventReviewed, review.EventBatch} {
			var wants bool
			f.must(f.pool.QueryRow(t.Context(), `select endpoint_wants(e, $2) from endpoints e where id = $1`, e.ID, event).Scan(&wants))
			if wants != c.want[event] {
				t.Errorf("%s %q %v wants %s: %v", c.kind, c.target, c.events, event, wants)
			}
		}
	}
}

// A digest says once what many messages would say; what belongs to none is not held back.
func TestDigestsGatherWhatWasHeld(t *testing.T) {
	f := newFixture(t)
	e := f.endpoint(review.Webhook)
	e.Digest = review.DayDigest
	f.must(f.PutEndpoint(t.Context(), e))
	for range 3 {
		f.must(f.recordOutcome(f.claim(f.submit().Attempts[0].ID), review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear}))
	}
	gather := func(now time.Time) []review.Delivery {
		for range 2 { // a second round changes nothing
			_, err := f.Digests(t.Context(), now)
			f.must(err)
		}
		return f.claimDeliveries(e)
	}
	if list := gather(time.Now()); len(list) != 0 {
		t.Fatalf("told %d before the day was over", len(list))
	}
	// an hour more: just after midnight the day before is not told yet
	list := gather(time.Now().AddDate(0, 0, 1).Add(time.Hour))
	if len(list) != 1 || list[0].Event != review.EventDay {
		t.Fatalf("told %+v, want one digest", list)
	}
	subject, err := f.Subject(t.Context(), list[0])
	f.must(err)
	if subject.Day.Counts[review.Rejected] != 3 || subject.Day.Reasons[review.MaterialUnclear] != 3 || subject.Day.Date == "" {
		t.Errorf("%+v", subject.Day)
	}
	f.finish(list[0], notify.Next{Delivered: true})
	e.Digest = review.BatchDigest
	f.must(f.PutEndpoint(t.Context(), e))
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	if list := gather(time.Now()); len(list) != 0 {
		t.Fatal("told before it could belong to a batch")
	}
	f.exec(`update deliveries set created_at = created_at - interval '1 hour' where state = 'held'`)
	if list := gather(time.Now()); len(list) != 1 || list[0].Event != review.EventDecided {
		t.Errorf("what is in no batch must be told by itself: %+v", list)
	}
}

func TestANearDeadlineIsToldOnceWhileSomethingIsToBeMended(t *testing.T) {
	f := newFixture(t)
	f.endpoint(review.Webhook)
	for kind, want := range map[review.Kind]int{review.Approved: 0, review.Rejected: 1} {
		s := f.newSubmission()
		s.HoldAt = time.Now().Add(12 * time.Hour)
		_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
		f.must(err)
		f.must(f.record(f.claim(s.Attempts[0].ID), kind))
		for i := range 2 {
			n, err := f.DeadlinesNear(t.Context(), 24*time.Hour)
			f.must(err)
			if i == 0 && n != want || i == 1 && n != 0 {
				t.Errorf("%s, round %d: told %d", kind, i, n)
			}
		}
	}
}

// Rule: whom a person refused is reminded, too, and whom a person passed is not.
func TestAPersonsWordCountsForTheReminder(t *testing.T) {
	for verdict, want := range map[string]int{"reject": 1, "ask": 1, "approve": 0} {
		f := newFixture(t)
		f.endpoint(review.Webhook)
		s := f.nearHold()
		f.must(f.record(f.claim(s.Attempts[0].ID), review.ManualReview))
		f.exec(`insert into users (id, login, name, password) values ($1, 'r@example.com', 'R', '')`, newID(t))
		f.exec(`insert into decisions (id, tenant_id, submission_id, attempt_id, verdict, decided_by, final)
			select $1, tenant_id, submission_id, id, $2, (select id from users limit 1), true from attempts`, newID(t), verdict)
		n, err := f.DeadlinesNear(t.Context(), 24*time.Hour)
		f.must(err)
		if n != want {
			t.Errorf("%s: told %d, want %d", verdict, n, want)
		}
	}
}

// Rule: a reminder that waits for another try is not sent once it is wrong, and says so.
func TestAStaleReminderIsNotSent(t *testing.T) {
	for rule, makeStale := range map[string]func(fixture, review.Submission){
		"the deadline is over": func(f fixture, s review.Submission) {
			f.exec(`update submissions set hold_at = now() - interval '1 minute' where id = $1`, s.ID)
		},
		"something was sent since": func(f fixture, s review.Submission) {
			f.exec(`insert into attempts (id, tenant_id, submission_id, number, state, declared, number_hash, name_hash, created_at)
				select $1, tenant_id, submission_id, 2, 'withdrawn', declared, number_hash, name_hash, now() from attempts`, newID(t))
		},
	} {
		f := newFixture(t)
		e := f.endpoint(review.Webhook)
		s := f.nearHold()
		f.must(f.record(f.claim(s.Attempts[0].ID), review.Rejected))
		f.finish(f.claimDeliveries(e)[0], notify.Next{Delivered: true})
		_, err := f.DeadlinesNear(t.Context(), 24*time.Hour)
		f.must(err)
		d := f.claimDeliveries(e)[0]
		f.finish(d, notify.Next{RetryAt: time.Now().Add(-time.Second)})
		makeStale(f, s)
		_, err = f.DeadlinesNear(t.Context(), 24*time.Hour)
		f.must(err)
		got, tries, err := f.Delivery(t.Context(), tenant, d.ID)
		f.must(err)
		if got.State != review.DeliveryExhausted || len(tries) != 2 || len(f.claimDeliveries(e)) != 0 {
			t.Errorf("%s: %s after %d entries", rule, got.State, len(tries))
		}
	}
}

// nearHold is a submission whose domain is put on hold in twelve hours.
func (f fixture) nearHold() review.Submission {
	f.t.Helper()
	s := f.newSubmission()
	s.HoldAt = time.Now().Add(12 * time.Hour)
	_, _, err := f.Submit(f.t.Context(), tenant, "", [32]byte{}, s)
	f.must(err)
	return s
}

func TestABounceIsRecordedWithItsMail(t *testing.T) {
	f := newFixture(t)
	e := f.endpoint(review.Email)
	f.must(f.record(f.claim(f.submit().Attempts[0].ID), review.Approved))
	d := f.claimDeliveries(e)[0]
	f.must(f.RecordBounce(t.Context(), d.ID, "5.1.1"))
	got, _, err := f.Delivery(t.Context(), tenant, d.ID)
	f.must(err)
	if got.Bounce != "5.1.1" || got.BouncedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if err := f.RecordBounce(t.Context(), newID(t), "5.1.1"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}
