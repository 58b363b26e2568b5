package postgres

import (
	"fmt"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// list returns the subjects that a filter finds, page by page.
func (f fixture) list(filter desk.Filter) (subjects []string) {
	f.t.Helper()
	for {
		p, err := f.Submissions(f.t.Context(), tenant, filter)
		f.must(err)
		for _, r := range p.Rows {
			subjects = append(subjects, r.SubjectRef)
		}
		if filter.After = p.Next; p.Next == "" {
			return subjects
		}
	}
}

func (f fixture) submitAs(subject string, change func(*review.Submission)) review.Submission {
	f.t.Helper()
	sub := f.newSubmission()
	sub.SubjectRef = subject
	if change != nil {
		change(&sub)
	}
	_, _, err := f.Submit(f.t.Context(), tenant, "", [32]byte{}, sub)
	f.must(err)
	return sub
}

func (f fixture) decided(subject string, o review.Outcome) review.Submission {
	f.t.Helper()
	sub := f.submitAs(subject, nil)
	f.must(f.recordOutcome(f.claim(sub.Attempts[0].ID), o))
	return sub
}

func TestAListFindsWhatStandsWhere(t *testing.T) {
	f := newFixture(t)
	f.submitAs("a.cn", nil)
	f.decided("b.cn", review.Outcome{Kind: review.Approved})
	rejected := f.decided("c.cn", review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear})
	f.decided("d.cn", review.Outcome{Kind: review.ManualReview, Primary: review.RegistrantInfoMismatch})
	f.decided("e.cn", review.Outcome{Kind: review.Deferred, EligibleAt: time.Now().Add(time.Hour)})
	soon := time.Now().Add(time.Hour)
	number := f.submitAs("f.cn", func(s *review.Submission) {
		s.HoldAt, s.ExternalID, s.Attempts[0].Declared.Number = soon, "x-1", "SPECIMEN-2"
	})
	for _, c := range []struct {
		rule   string
		filter desk.Filter
		want   string
	}{
		{"all, the newest first", desk.Filter{Limit: 2}, "[f.cn e.cn d.cn c.cn b.cn a.cn]"},
		{"by standing", desk.Filter{Standing: desk.InReview, Limit: 1}, "[f.cn a.cn]"},
		{"a deferred one waits", desk.Filter{Standing: desk.Waiting, Limit: 9}, "[e.cn]"},
		{"by reason", desk.Filter{Reason: review.MaterialUnclear, Limit: 9}, "[c.cn]"},
		{"by both", desk.Filter{Reason: review.MaterialUnclear, Standing: desk.Manual, Limit: 9}, "[]"},
		{"by deadline", desk.Filter{Due: true, Limit: 9}, "[f.cn]"},
		{"by a deadline that is near", desk.Filter{Within: time.Minute, Limit: 9}, "[]"},
		{"by the beginning of the subject", desk.Filter{Text: "c.", Limit: 9}, "[c.cn]"},
		{"by external id", desk.Filter{Text: "x-1", Limit: 9}, "[f.cn]"},
		{"by id", desk.Filter{Text: rejected.ID, Limit: 9}, "[c.cn]"},
		{"by the whole number", desk.Filter{Number: "SPECIMEN-2", Limit: 9}, "[f.cn]"},
		{"not by a part of the number", desk.Filter{Number: "SPECIMEN", Limit: 9}, "[]"},
		{"a cursor that is none of ours begins again", desk.Filter{Standing: desk.Manual, After: "!", Limit: 9}, "[d.cn]"},
	} {
		if got := fmt.Sprint(f.list(c.filter)); got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
	if p, err := f.Submissions(t.Context(), "other", desk.Filter{Text: number.ID, Limit: 9}); err != nil || len(p.Rows) > 0 {
		t.Errorf("another tenant finds %d rows, %v", len(p.Rows), err)
	}
}

// The standing follows the newest attempt, whichever program writes it.
func TestAStandingFollowsTheNewestAttempt(t *testing.T) {
	f := newFixture(t)
	sub := f.decided("a.cn", review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear})
	if _, err := f.Resubmit(t.Context(), tenant, sub.ID, f.newAttempt(sub.ID)); err != nil {
		t.Fatal(err)
	}
	p, err := f.Submissions(t.Context(), tenant, desk.Filter{Limit: 9})
	f.must(err)
	if r := p.Rows[0]; r.Standing != desk.InReview || r.Reason != "" || r.Attempts != 2 {
		t.Errorf("after a resubmission it stands %s, %q, attempt %d", r.Standing, r.Reason, r.Attempts)
	}
	f.exec(`update submissions set hold_at = now() + interval '1 day'`)
	if got := fmt.Sprint(f.list(desk.Filter{Due: true, Limit: 9})); got != "[a.cn]" {
		t.Errorf("a deadline that was moved is not followed: %s", got)
	}
}

func TestAPageIsAsLongAsWasAskedFor(t *testing.T) {
	f := newFixture(t)
	for i := range 5 {
		f.submitAs(fmt.Sprintf("%d.cn", i), nil)
	}
	p, err := f.Submissions(t.Context(), tenant, desk.Filter{Text: "", Limit: 5})
	f.must(err)
	if len(p.Rows) != 5 || p.Next != "" {
		t.Errorf("%d rows, next %q: the last page is followed by an empty one", len(p.Rows), p.Next)
	}
}
