package authority

import (
	"testing"
	"time"

	"realname/internal/review"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

func TestWhenToAskAgain(t *testing.T) {
	terms := Terms{Ask: true, Wait: true, Leave: 24 * time.Hour, Timeout: 7 * 24 * time.Hour, NewDays: 30, Again: 24 * time.Hour}
	hold := noon.AddDate(0, 0, 5)
	day := 24 * time.Hour
	for rule, c := range map[string]struct {
		result   review.AuthorityResult
		edit     func(*review.AuthorityAnswer)
		issued   review.Date
		deadline time.Time
		at       time.Duration // since it was first asked
		want     time.Duration // from then; 0: not again
	}{
		"a match stands":                            {result: review.AuthorityMatch, deadline: hold},
		"a mismatch stands":                         {result: review.AuthorityMismatch, deadline: hold},
		"a revocation stands":                       {result: review.AuthorityRevoked, deadline: hold},
		"a source that is down is asked soon":       {result: review.AuthorityUnavailable, deadline: hold, want: 30 * time.Second},
		"and less and less often":                   {result: review.AuthorityUnavailable, edit: func(a *review.AuthorityAnswer) { a.Asks = 4 }, deadline: hold, want: 4 * time.Minute},
		"but every hour":                            {result: review.AuthorityUnavailable, edit: func(a *review.AuthorityAnswer) { a.Asks = 400 }, deadline: hold, want: time.Hour},
		"not before the source allows it":           {result: review.AuthorityUnavailable, edit: func(a *review.AuthorityAnswer) { a.AskAgain = noon.Add(9 * time.Hour) }, deadline: hold, want: 9 * time.Hour},
		"a promise is awaited":                      {result: review.AuthorityPending, edit: func(a *review.AuthorityAnswer) { a.AskAgain = noon.Add(2 * day) }, deadline: hold, want: 2 * day},
		"a promise without a time is asked for":     {result: review.AuthorityPending, deadline: hold, want: promised},
		"a promise never holds up the deadline":     {result: review.AuthorityPending, edit: func(a *review.AuthorityAnswer) { a.AskAgain = noon.Add(9 * day) }, deadline: hold, want: 4 * day},
		"a person gets the last day":                {result: review.AuthorityPending, deadline: hold, at: 4 * day},
		"with no time to leave, until the deadline": {result: review.AuthorityPending, edit: func(a *review.AuthorityAnswer) { a.AskAgain = noon.Add(day) }, deadline: noon.Add(3 * time.Hour), want: 3 * time.Hour},
		"after the deadline, until the time-out":    {result: review.AuthorityPending, edit: func(a *review.AuthorityAnswer) { a.AskAgain = noon.Add(day) }, deadline: noon.Add(-time.Hour), want: day},
		"the time-out ends it":                      {result: review.AuthorityUnavailable, at: 7 * day},
		"a new document may be missing yet":         {result: review.AuthorityNotFound, issued: review.Date{Year: 2026, Month: 11, Day: 12}, deadline: hold, want: day},
		"but not where there are none such":         {result: review.AuthorityNotFound, edit: func(a *review.AuthorityAnswer) { a.Hint = review.HintNotCovered }, issued: review.Date{Year: 2026, Month: 11, Day: 12}, deadline: hold},
		"an old one may not":                        {result: review.AuthorityNotFound, issued: review.Date{Year: 2020, Month: 1, Day: 12}, deadline: hold},
		"nor one of unknown age":                    {result: review.AuthorityNotFound, deadline: hold},
	} {
		t.Run(rule, func(t *testing.T) {
			a := review.AuthorityAnswer{Result: c.result, AskedAt: noon, Asks: 1}
			if c.edit != nil {
				c.edit(&a)
			}
			now := noon.Add(c.at)
			got := terms.Next(a, c.issued, c.deadline, now)
			if c.want == 0 && !got.IsZero() || c.want != 0 && !got.Equal(now.Add(c.want)) {
				t.Errorf("asks again at %v, want %v after %v", got, c.want, now)
			}
			terms := terms
			terms.Wait = false
			if next := terms.Next(a, c.issued, c.deadline, now); !next.IsZero() {
				t.Errorf("an advisory answer is not waited for, but %v", next)
			}
		})
	}
}
