package postgres

import (
	"testing"
	"time"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// Pictures are kept with the outcome that they illustrate, by whoever still holds the
// attempt, for as long as mails may need them.
func TestPicturesComeWithTheirOutcomeAndGo(t *testing.T) {
	f := newFixture(t)
	if c := f.claim(f.submit().Attempts[0].ID); c.Mailed {
		t.Error("nobody is told by mail, and pictures are asked for")
	}
	f.endpoint(review.Email)
	f.exec(`update endpoints set target = ''`) // the registrant's own address
	c := f.claim(f.submit().Attempts[0].ID)
	if !c.Mailed {
		t.Error("the registrant is told by mail, and no picture is asked for")
	}
	late := c
	late.Epoch--
	rejected := review.Outcome{Kind: review.Rejected, RuleSet: "r1", Findings: []review.Finding{{Check: "AGE-03", Detail: "date_clash", Severity: review.Fail}}}
	for _, claim := range []pipeline.Claim{late, c} {
		_, err := f.Record(t.Context(), []pipeline.Decision{{AttemptID: claim.Attempt.ID, Epoch: claim.Epoch, Outcome: rejected, Pictures: map[int][]byte{0: []byte("jpeg")}}})
		f.must(err)
		want := map[bool]int{true: 1}[claim.Epoch == c.Epoch]
		if n := f.count(`select count(*) from pictures`); n != want {
			t.Errorf("%d pictures of epoch %d", n, claim.Epoch)
		}
	}
	for kind, want := range map[review.Kind]int{review.Rejected: 1, review.Deferred: 0} {
		got, err := f.Pictures(t.Context(), c.Attempt.ID, kind)
		f.must(err)
		if len(got) != want || want == 1 && string(got[0]) != "jpeg" {
			t.Errorf("%s: %v", kind, got)
		}
	}
	if n, err := f.DropPictures(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("%d dropped at once (%v)", n, err)
	}
	f.exec(`update pictures set made_at = now() - interval '2 hours'`)
	if n, err := f.DropPictures(t.Context(), time.Hour); n != 1 || err != nil {
		t.Errorf("%d dropped (%v)", n, err)
	}
}
