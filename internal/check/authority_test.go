package check

import (
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// answered is an authority's answer, first asked some days ago.
func answered(r review.AuthorityResult, days int) func(*review.Facts) {
	return func(f *review.Facts) {
		f.Authority = &review.AuthorityAnswer{Result: r, AskedAt: f.Now.Add(-time.Duration(days) * 24 * time.Hour), At: f.Now}
	}
}

func moving(f *review.Facts)  { f.Declared.HouseholdMove = true }
func serving(f *review.Facts) { f.Declared.SpecialOccupation = true }

var authorityExamples = []example{
	yesID("AUT-01", "authority_mismatch", "name and number do not match", answered(review.AuthorityMismatch, 0)),
	noID("AUT-01", "authority_mismatch", "no record is no mismatch", answered(review.AuthorityNotFound, 0)),
	noID("AUT-01", "authority_mismatch", "a source that is down is no mismatch", answered(review.AuthorityUnavailable, 0)),
	noID("AUT-01", "authority_mismatch", "an answer that is awaited is no mismatch", answered(review.AuthorityPending, 30)),
	noID("AUT-01", "authority_mismatch", "a household move explains it", both(moving, answered(review.AuthorityMismatch, 0))),
	yes("AUT-02", "authority_not_found", "no record", answered(review.AuthorityNotFound, 0)),
	no("AUT-02", "authority_not_found", "a record that matches", answered(review.AuthorityMatch, 0)),
	no("AUT-02", "authority_not_found", "nobody was asked", nothing),
	yesID("AUT-03", "household_transfer", "declared, and no record", both(moving, answered(review.AuthorityNotFound, 0))),
	yesID("AUT-03", "household_transfer", "declared, and nobody was asked", moving),
	noID("AUT-03", "household_transfer", "declared, yet the data match", both(moving, answered(review.AuthorityMatch, 0))),
	no("AUT-03", "household_transfer", "an organisation has no household", moving),
	yesID("AUT-04", "special_occupation", "declared, and it does not match", both(serving, answered(review.AuthorityMismatch, 0))),
	noID("AUT-04", "special_occupation", "not declared", answered(review.AuthorityMismatch, 0)),
	{"AUT-04", "special_occupation", "another document than the ID card", change(passport(), serving), false},
	yes("AUT-05", "entity_revoked", "the register says revoked", answered(review.AuthorityRevoked, 0)),
	no("AUT-05", "entity_revoked", "the register has it", answered(review.AuthorityMatch, 0)),
	yes("AUT-06", "authority_unavailable", "the source is down", answered(review.AuthorityUnavailable, 0)),
	no("AUT-06", "authority_unavailable", "it will answer later", answered(review.AuthorityPending, 0)),
	no("AUT-06", "authority_silent", "nobody asked for its word", answered(review.AuthorityUnavailable, 0)),
	yes("HIS-03", "review_timeout", "seven days without an answer", answered(review.AuthorityPending, 7)),
	no("HIS-03", "review_timeout", "six days", answered(review.AuthorityPending, 6)),
	no("HIS-03", "review_timeout", "answered at last", answered(review.AuthorityMatch, 9)),
}

// What an answer does depends on what the profile asks of it. Whatever the mode,
// only a mismatch and a revocation may refuse anybody.
func TestTheModeDecidesWhatAnAnswerDoes(t *testing.T) {
	type kinds map[review.AuthorityResult]review.Kind
	for mode, want := range map[rules.AuthorityMode]kinds{
		rules.AuthorityOff: {review.AuthorityMatch: review.Approved},
		rules.AuthorityAdvisory: {review.AuthorityMatch: review.Approved, review.AuthorityMismatch: review.Approved, review.AuthorityNotFound: review.Approved,
			review.AuthorityRevoked: review.Approved, review.AuthorityUnavailable: review.Approved, review.AuthorityPending: review.Approved},
		rules.AuthorityRequired: {review.AuthorityMatch: review.Approved, review.AuthorityMismatch: review.Rejected, review.AuthorityNotFound: review.ManualReview,
			review.AuthorityRevoked: review.Rejected, review.AuthorityUnavailable: review.ManualReview, review.AuthorityPending: review.ManualReview},
	} {
		profile := defaultProfile()
		profile.Authority.Default = mode
		for result, kind := range want {
			f := licence()
			answered(result, 9)(&f)
			set := rules.Default()
			found := All(f, set, profile)
			if got := set.Decide(found); got.Kind != kind {
				t.Errorf("%s, %s: %s, want %s: %v", mode, result, got.Kind, kind, codes(found))
			}
			for _, x := range found {
				renders(t, set, x)
			}
		}
	}
}
