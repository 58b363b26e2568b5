package authority

import (
	"context"
	"testing"
	"time"

	"realname/internal/review"
)

type always review.AuthorityResult

func (a always) Ask(context.Context, Question) review.AuthorityAnswer {
	return review.AuthorityAnswer{Result: review.AuthorityResult(a)}
}

func TestTheDeskFindsWhoAnswers(t *testing.T) {
	desk := Desk{
		{Name: "police", Holders: []review.HolderType{review.Individual}, Types: []review.CredentialType{"SFZ"}, Source: always(review.AuthorityMatch)},
		{Name: "register", Holders: []review.HolderType{review.Organisation}, Source: always(review.AuthorityMismatch)},
	}
	for _, c := range []struct {
		holder review.HolderType
		kind   review.CredentialType
		from   string
		want   review.AuthorityResult
	}{
		{review.Individual, "SFZ", "police", review.AuthorityMatch},
		{review.Organisation, "YYZZ", "register", review.AuthorityMismatch},
		{review.Individual, "HZ", "", review.AuthorityUnavailable}, // nobody knows: never a rejection
	} {
		a := desk.Ask(t.Context(), Question{Holder: c.holder, Type: c.kind})
		if a.Source != c.from || a.Result != c.want || desk.Covers(c.holder, c.kind) != (c.from != "") {
			t.Errorf("%s %s: %+v", c.holder, c.kind, a)
		}
	}
}

// hasty answers questions in bulk as it pleases.
type hasty struct {
	always
	all func([]Question) []review.AuthorityAnswer
}

func (h hasty) AskAll(_ context.Context, list []Question) []review.AuthorityAnswer {
	return h.all(list)
}

// Rule: whatever a bulk source does, every question gets an answer of its own, and
// none that was meant for another.
func TestABulkSourceThatFailsIsUnavailable(t *testing.T) {
	for rule, all := range map[string]func([]Question) []review.AuthorityAnswer{
		"it panics":          func([]Question) []review.AuthorityAnswer { panic("odd") },
		"it says too little": func([]Question) []review.AuthorityAnswer { return nil },
		"it says too much": func(list []Question) []review.AuthorityAnswer {
			return make([]review.AuthorityAnswer, len(list)+1)
		},
	} {
		a := Gather(hasty{all: all}, 1, time.Minute).Ask(t.Context(), Question{})
		if a.Result != review.AuthorityUnavailable || a.Cause != Panicked {
			t.Errorf("%s: %+v", rule, a)
		}
	}
}
