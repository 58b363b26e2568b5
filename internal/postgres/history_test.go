package postgres

import (
	"errors"
	"slices"
	"testing"

	"realname/internal/review"
)

var blurred = review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear, RuleSet: "r1",
	Findings: []review.Finding{{Check: "CLR-01", Detail: "blurred", Severity: review.Fail}}}

func TestHistoryCountsFailuresInARow(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), blurred))
	for want := 1; want <= 3; want++ {
		a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
		f.must(err)
		c := f.claim(a.ID)
		if c.History.Attempt != want+1 || c.History.FailedInRow != want || !slices.Contains(c.History.RefusedFiles, "abc") {
			t.Errorf("attempt %d: history %+v", want+1, c.History)
		}
		f.must(f.recordOutcome(c, blurred))
	}
}

func TestARefusalForDataDoesNotRefuseTheFile(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), review.Outcome{Kind: review.Rejected, RuleSet: "r1",
		Findings: []review.Finding{{Check: "NUM-05", Severity: review.Fail}}}))
	a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
	f.must(err)
	if h := f.claim(a.ID).History; len(h.RefusedFiles) != 0 {
		t.Errorf("history %+v: the picture was not at fault", h)
	}
}

// The other side of a card that was refused for a missing or bad side may come
// again: it was not at fault.
func TestARefusalOfOneSideDoesNotRefuseTheOther(t *testing.T) {
	for rule, at := range map[string]review.Finding{
		"another image was blurred": {Check: "CLR-01", Severity: review.Fail, Evidence: review.Evidence{Role: review.PortraitSide}},
		"a page was missing":        {Check: "CPL-05", Severity: review.Fail},
		"only the other side came":  {Check: "CPL-04", Severity: review.Fail},
	} {
		f := newFixture(t)
		s := f.submit() // a licence
		f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), review.Outcome{Kind: review.Rejected, RuleSet: "r1", Findings: []review.Finding{at}}))
		a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
		f.must(err)
		if h := f.claim(a.ID).History; len(h.RefusedFiles) != 0 {
			t.Errorf("%s: %v", rule, h.RefusedFiles)
		}
	}
}

func TestAResubmissionReplacesWhatWaitsAndNotWhatRuns(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
	f.must(err)
	if a.Number != 2 {
		t.Errorf("number %d", a.Number)
	}
	if n := f.count(`select count(*) from attempts where state = 'withdrawn'`); n != 1 {
		t.Errorf("%d withdrawn, want 1", n)
	}
	f.claim(a.ID)
	if _, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID)); !errors.Is(err, review.ErrOpenAttempt) {
		t.Errorf("while it runs: %v", err)
	}
	if _, err := f.Resubmit(t.Context(), "other", s.ID, f.newAttempt(s.ID)); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("another tenant: %v", err)
	}
}

func TestHistoryKnowsOtherNamesOfANumber(t *testing.T) {
	f := newFixture(t)
	f.submit()
	s := f.newSubmission()
	s.Attempts[0].Declared.Name = "样本乙"
	_, _, err := f.Submit(t.Context(), tenant, "", [32]byte{}, s)
	f.must(err)
	if h := f.claim(s.Attempts[0].ID).History; h.OtherNames != 1 {
		t.Errorf("history %+v", h)
	}
}

// What was approved has no findings, which some versions wrote as null. The next
// attempt is claimed all the same: it was once parked for it.
func TestAnOutcomeWithoutFindingsIsRead(t *testing.T) {
	f := newFixture(t)
	s := f.submit()
	f.must(f.recordOutcome(f.claim(s.Attempts[0].ID), review.Outcome{Kind: review.Approved, RuleSet: "r1"}))
	if n := f.count(`select count(*) from outcomes where jsonb_typeof(outcome->'findings') = 'null'`); n != 1 {
		t.Fatalf("%d outcomes with null for findings", n)
	}
	a, err := f.Resubmit(t.Context(), tenant, s.ID, f.newAttempt(s.ID))
	f.must(err)
	if h := f.claim(a.ID).History; h.Attempt != 2 || len(h.RefusedFiles) != 0 {
		t.Errorf("history %+v", h)
	}
}
