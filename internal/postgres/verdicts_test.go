package postgres

import (
	"testing"

	"realname/internal/review"
)

func TestARegistrysWordMeetsTheNewestDecidedAttempt(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	refusal := RegistryVerdict{Subject: s.SubjectRef, Words: "请联系客服"}
	if ok, err := f.PutVerdict(t.Context(), tenant, refusal); ok || err != nil {
		t.Errorf("nothing is decided yet: %v %v", ok, err)
	}
	f.must(f.record(f.claim(s.Attempts[0].ID), review.Approved))
	if ok, err := f.PutVerdict(t.Context(), "other", refusal); ok || err != nil {
		t.Errorf("another tenant's: %v %v", ok, err)
	}
	for _, subject := range []string{s.ID, s.SubjectRef} {
		refusal.Subject = subject
		if ok, err := f.PutVerdict(t.Context(), tenant, refusal); !ok || err != nil {
			t.Errorf("%v %v", ok, err)
		}
	}
	if list, err := f.UnreadWords(t.Context(), tenant); list["请联系客服"] != 1 || err != nil {
		t.Errorf("unread %v %v", list, err)
	}
	refusal.Reason = review.MaterialUnclear // a pattern was added, and the file imported again
	_, err := f.PutVerdict(t.Context(), tenant, refusal)
	f.must(err)
	list, err := f.VerdictCases(t.Context(), tenant)
	if err != nil || len(list) != 1 || list[0].Passed || list[0].Reason != review.MaterialUnclear || list[0].Ours.Kind != review.Approved {
		t.Errorf("cases %+v %v", list, err)
	}
}
