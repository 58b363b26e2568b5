package pipeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/authority"
	"realname/internal/pipeline"
	"realname/internal/review"
)

// asking are checks that find nothing and want the authority's word.
type asking struct{ checks }

func (asking) Terms(string, review.CredentialType) authority.Terms {
	return authority.Terms{Ask: true, Wait: true, Timeout: 7 * 24 * time.Hour, NewDays: 30, Again: 24 * time.Hour}
}

type source func(authority.Question) review.AuthorityAnswer

func (s source) Ask(_ context.Context, q authority.Question) review.AuthorityAnswer { return s(q) }

func answers(r review.AuthorityResult) source {
	return func(authority.Question) review.AuthorityAnswer { return review.AuthorityAnswer{Result: r} }
}

var atNoon = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

// step takes the store's attempt one step further in a lane.
func take(t *testing.T, s *store, c pipeline.Checks, a pipeline.Authority, lane review.Lane) {
	t.Helper()
	p := pipeline.Pipeline{Store: s, Blobs: blobs{}, Examiner: examine(fine), Checks: c, Authority: a, Recorder: pipeline.NewRecorder(s), Worker: "w",
		Lease: time.Minute, MaxBytes: 1 << 20, Now: func() time.Time { return atNoon }, Log: zerolog.Nop()}
	do := p.Review
	if lane == review.LaneAuthority {
		do = p.Ask
	}
	if err := do(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatOnlyTheAuthorityKnowsIsHandedToItsLane(t *testing.T) {
	s := oneDocument()
	take(t, s, asking{}, nil, review.LaneReview)
	if len(s.records) != 0 || len(s.handed) != 1 || !s.handed[0].at.IsZero() || len(s.handed[0].facts.Documents) != 1 {
		t.Errorf("records %d, handed over %+v", len(s.records), s.handed)
	}
}

// Asking costs money, and what is refused comes again.
func TestWhatIsRefusedAnywayIsNotAsked(t *testing.T) {
	s := oneDocument()
	take(t, s, asking{checks{review.StageFormat}}, nil, review.LaneReview)
	if len(s.records) != 1 || len(s.handed) != 0 {
		t.Errorf("records %d, handed over %+v", len(s.records), s.handed)
	}
}

func TestAnAnswerDecides(t *testing.T) {
	s := oneDocument()
	s.claim.Facts = &review.Facts{Images: true}
	var asked authority.Question
	take(t, s, asking{}, source(func(q authority.Question) review.AuthorityAnswer {
		asked = q
		return review.AuthorityAnswer{Result: review.AuthorityMatch}
	}), review.LaneAuthority)
	if len(s.records) != 1 || s.records[0].Facts.Authority == nil || asked.Reference != "a" {
		t.Errorf("records %+v, asked %+v", s.records, asked)
	}
}

// No answer is never an outcome: the attempt waits, and remembers since when.
func TestNoAnswerWaitsInNobodysHands(t *testing.T) {
	first := atNoon.Add(-time.Hour)
	for _, r := range []review.AuthorityResult{review.AuthorityUnavailable, review.AuthorityPending} {
		s := oneDocument()
		s.claim.Facts = &review.Facts{Images: true, Authority: &review.AuthorityAnswer{AskedAt: first, Asks: 2}}
		take(t, s, asking{}, answers(r), review.LaneAuthority)
		if len(s.records)+len(s.released) != 0 || len(s.handed) != 1 {
			t.Fatalf("%s: records %v, released %v, handed over %v", r, s.records, s.released, s.handed)
		}
		h := s.handed[0]
		if !h.at.After(atNoon) || !h.facts.Authority.AskedAt.Equal(first) || h.facts.Authority.Asks != 3 {
			t.Errorf("%s: asked again at %v: %+v", r, h.at, h.facts.Authority)
		}
	}
}

func TestANewDocumentThatIsNotInTheRegisterYetIsAskedForAgain(t *testing.T) {
	for days, want := range map[int]int{12: 1, 40: 0} {
		s := oneDocument()
		s.claim.Facts = &review.Facts{Images: true, Declared: review.Declared{IssueDate: review.DateOf(atNoon).AddDays(-days)}}
		take(t, s, asking{}, answers(review.AuthorityNotFound), review.LaneAuthority)
		if len(s.handed) != want || len(s.records) != 1-want {
			t.Errorf("issued %d days ago: waits %d times, %d records", days, len(s.handed), len(s.records))
		}
	}
}

func TestWithoutASourceAnAttemptWaits(t *testing.T) {
	s := oneDocument()
	s.claim.Facts = &review.Facts{Images: true}
	take(t, s, asking{}, nil, review.LaneAuthority)
	if len(s.handed) != 1 || s.handed[0].facts.Authority.Cause == "" {
		t.Errorf("handed over %+v", s.handed)
	}
}

// turnedOff are checks that want the authority's word no more.
type turnedOff struct{ checks }

// Rule: what waits when operations turns the authority off is decided without it.
func TestWhatIsTurnedOffIsNotAskedAnyMore(t *testing.T) {
	s := oneDocument()
	s.claim.Facts = &review.Facts{Images: true, Authority: &review.AuthorityAnswer{Result: review.AuthorityUnavailable, AskedAt: atNoon, Asks: 2}}
	take(t, s, turnedOff{}, source(func(authority.Question) review.AuthorityAnswer {
		t.Error("asked")
		return review.AuthorityAnswer{Result: review.AuthorityRevoked}
	}), review.LaneAuthority)
	if len(s.records) != 1 || len(s.handed) != 0 {
		t.Errorf("records %d, handed over %d", len(s.records), len(s.handed))
	}
}

func TestTheQuestionHasTheMiddleDotOfNames(t *testing.T) {
	s := oneDocument()
	s.claim.Attempt.Declared.Name = "样本•甲"
	s.claim.Facts = &review.Facts{Images: true}
	var got string
	take(t, s, asking{}, source(func(q authority.Question) review.AuthorityAnswer {
		got = q.Name
		return review.AuthorityAnswer{Result: review.AuthorityMatch}
	}), review.LaneAuthority)
	if got != "样本·甲" {
		t.Errorf("asked for %q", got)
	}
}

// Rule: an answer at which the adapter panics is none; the attempt waits, and nothing
// else that is reviewed in the process comes to harm.
func TestAnAdapterThatPanicsIsNoAnswer(t *testing.T) {
	s := oneDocument()
	s.claim.Facts = &review.Facts{Images: true}
	take(t, s, asking{}, source(func(authority.Question) review.AuthorityAnswer { panic("odd") }), review.LaneAuthority)
	if len(s.records)+len(s.released) != 0 || len(s.handed) != 1 || s.handed[0].facts.Authority.Result != review.AuthorityUnavailable {
		t.Errorf("records %d, released %v, handed over %+v", len(s.records), s.released, s.handed)
	}
}

// odd are checks that panic.
type odd struct{ asking }

func (odd) Run(review.StageName, string, review.Facts) []review.Finding { panic("odd") }

// Rule: what panics is given back as an error of ours.
func TestAStepThatPanicsIsGivenBack(t *testing.T) {
	for _, lane := range []review.Lane{review.LaneReview, review.LaneAuthority} {
		s := oneDocument()
		s.claim.Facts = &review.Facts{Images: true}
		take(t, s, odd{}, answers(review.AuthorityMatch), lane)
		if len(s.records)+len(s.handed) != 0 || len(s.released) != 1 || s.released[0] == "" {
			t.Errorf("%s: records %d, released %v", lane, len(s.records), s.released)
		}
	}
}
