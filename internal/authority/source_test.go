package authority

import (
	"context"
	"testing"

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
