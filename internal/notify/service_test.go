package notify

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

type senderFunc func(review.Delivery, Notice) Result

func (f senderFunc) Send(_ context.Context, d review.Delivery, n Notice) Result { return f(d, n) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func serviceOf(m *memory, s senderFunc) *Service {
	return &Service{Store: m, Catalogue: catalogue{}, Now: func() time.Time { return noon },
		Senders: map[review.EndpointKind]Sender{review.Webhook: s}}
}

func pending() *memory {
	return &memory{subject: rejected(), delivery: review.Delivery{
		ID: "d1", Event: "attempt.decided", AttemptID: "att", Endpoint: review.Endpoint{Kind: review.Webhook},
	}}
}

func TestAFailedTryIsRetriedByTheSchedule(t *testing.T) {
	for tries, wait := range schedule {
		m := pending()
		m.delivery.Tries = tries
		s := serviceOf(m, func(review.Delivery, Notice) Result { return Result{Try: Try{Error: "x"}} })
		if err := s.Deliver(t.Context(), "d1"); err != nil {
			t.Fatal(err)
		}
		got := m.next.RetryAt.Sub(noon)
		if got < wait || got > wait+wait/10 {
			t.Errorf("after try %d: waits %v, want %v and up to a tenth more", tries+1, got, wait)
		}
	}
}

func TestTheScheduleEndsVisibly(t *testing.T) {
	m := pending()
	m.delivery.Tries = len(schedule)
	s := serviceOf(m, func(review.Delivery, Notice) Result { return Result{Try: Try{Error: "x"}} })
	if err := s.Deliver(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	if m.next.Delivered || !m.next.RetryAt.IsZero() || m.try.Error == "" {
		t.Errorf("next %+v, try %+v: want given up with the cause", m.next, m.try)
	}
}

func TestRetryAfterIsHonouredOverTheSchedule(t *testing.T) {
	m := pending()
	s := serviceOf(m, func(review.Delivery, Notice) Result { return Result{RetryAfter: time.Hour} })
	if err := s.Deliver(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	if got := m.next.RetryAt.Sub(noon); got != time.Hour {
		t.Errorf("waits %v, want the hour that was asked for", got)
	}
}

func TestAFinalFailureAndAGoneEndpointAreNotRetried(t *testing.T) {
	m := pending()
	s := serviceOf(m, func(review.Delivery, Notice) Result { return Result{Final: true, Gone: true} })
	if err := s.Deliver(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	if !m.next.RetryAt.IsZero() || !m.next.DisableEndpoint {
		t.Errorf("next %+v", m.next)
	}
}

func TestADeliveryInOtherHandsIsLeftAlone(t *testing.T) {
	m := pending()
	m.taken = true
	s := serviceOf(m, func(review.Delivery, Notice) Result { t.Error("sent"); return Result{} })
	if err := s.Deliver(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
}

func TestAStoreThatIsDownIsAnError(t *testing.T) {
	m := pending()
	m.err = errors.New("down")
	if err := serviceOf(m, nil).Deliver(t.Context(), "d1"); err == nil {
		t.Fatal("want an error so that the delivery stays due")
	}
}

func TestANoticeNamesReasonFindingsAndRemediesButNobody(t *testing.T) {
	var notice Notice
	m := pending()
	s := serviceOf(m, func(_ review.Delivery, n Notice) Result { notice = n; return Result{Delivered: true} })
	if err := s.Deliver(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(notice)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"material_unclear", "registrant_info_mismatch", "blurred remedy", "name_bracket remedy", "near_expiry", `"zh-CN"`, `"en"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the notice lacks %s", want)
		}
	}
	for _, secret := range []string{"样本甲", "样本乙", "SPECIMEN-NUMBER", "holder@example.com"} {
		if strings.Contains(string(body), secret) {
			t.Errorf("the notice tells %s", secret)
		}
	}
	if notice.Data.Primary == nil || notice.Data.Primary.Code != review.MaterialUnclear {
		t.Errorf("primary %+v", notice.Data.Primary)
	}
}
