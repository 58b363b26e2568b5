package postgres

import (
	"errors"
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/verdict"
)

func TestARegistrysWordMeetsTheAttemptThatWasDecidedBeforeIt(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	decided := func(tenant, subject string, by time.Time) string {
		t.Helper()
		id, _, err := f.DecidedAttempt(t.Context(), tenant, subject, by)
		if err != nil && !errors.Is(err, review.ErrNotFound) {
			t.Fatal(err)
		}
		return id
	}
	if id := decided(tenant, s.SubjectRef, time.Time{}); id != "" {
		t.Error("nothing is decided yet")
	}
	f.must(f.record(f.claim(s.Attempts[0].ID), review.Rejected))
	between := time.Now()
	later := f.submit() // of the same domain
	next := later.Attempts[0]
	f.must(f.record(f.claim(next.ID), review.Approved))
	for rule, c := range map[string]struct {
		tenant, subject string
		by              time.Time
		want            string
	}{
		"the newest":                    {tenant, s.SubjectRef, time.Time{}, next.ID},
		"by our id":                     {tenant, later.ID, time.Time{}, next.ID},
		"said when both were decided":   {tenant, s.SubjectRef, time.Now().Add(time.Minute), next.ID},
		"said before the second":        {tenant, s.SubjectRef, between, s.Attempts[0].ID},
		"said before any":               {tenant, s.SubjectRef, between.AddDate(-1, 0, 0), ""},
		"another tenant's":              {"other", s.SubjectRef, time.Time{}, ""},
		"an empty id of a tenant's own": {tenant, "", time.Time{}, ""},
	} {
		if got := decided(c.tenant, c.subject, c.by); got != c.want {
			t.Errorf("%s: %q, want %q", rule, got, c.want)
		}
	}
	f.keepsTheLaterWord(next.ID)
}

func (f fixture) keepsTheLaterWord(attempt string) {
	f.t.Helper()
	at := time.Now()
	put := func(v verdict.Verdict, want bool) {
		v.AttemptID = attempt
		kept, err := f.PutVerdict(f.t.Context(), tenant, v)
		if f.must(err); kept != want {
			f.t.Errorf("kept: %v, want %v", kept, want)
		}
	}
	put(verdict.Verdict{Words: "请联系客服", At: at}, true)
	put(verdict.Verdict{Passed: true, At: at.Add(-time.Hour)}, false) // came late
	if list, err := f.UnreadWords(f.t.Context(), tenant, 10); len(list) != 1 || list[0].Words != "请联系客服" || list[0].Count != 1 || err != nil {
		f.t.Errorf("unread %v %v", list, err)
	}
	put(verdict.Verdict{Reason: review.MaterialUnclear, At: at}, true) // a pattern was added, and the file imported again
	list, err := f.VerdictCases(f.t.Context(), tenant, 10)
	if err != nil || len(list) != 1 || list[0].Passed || list[0].Reason != review.MaterialUnclear || list[0].Ours.Kind != review.Approved {
		f.t.Errorf("cases %+v %v", list, err)
	}
}
