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

// hinted is an organisation's mismatch of which the source knows more.
func hinted(h review.AuthorityHint) func(*review.Facts) {
	return func(f *review.Facts) {
		answered(review.AuthorityMismatch, 0)(f)
		f.Authority.Hint = h
	}
}

// outside is the answer of a source that holds no such documents.
func outside(f *review.Facts) {
	answered(review.AuthorityNotFound, 0)(f)
	f.Authority.Hint = review.HintNotCovered
}

func moving(f *review.Facts)  { f.Declared.HouseholdMove = true }
func serving(f *review.Facts) { f.Declared.SpecialOccupation = true }

var authorityExamples = []example{
	yesID("AUT-01", "authority_mismatch", "name and number do not match", answered(review.AuthorityMismatch, 0)),
	noID("AUT-01", "authority_mismatch", "no record is no mismatch", answered(review.AuthorityNotFound, 0)),
	noID("AUT-01", "authority_mismatch", "a source that is down is no mismatch", answered(review.AuthorityUnavailable, 0)),
	noID("AUT-01", "authority_mismatch", "an answer that is awaited is no mismatch", answered(review.AuthorityPending, 30)),
	noID("AUT-01", "authority_mismatch", "a household move explains it", both(moving, answered(review.AuthorityMismatch, 0))),
	yesID("AUT-01", "authority_mismatch_rare", "a name in private use", both(name("样本\ue863"), answered(review.AuthorityMismatch, 0))),
	yesID("AUT-01", "authority_mismatch_rare", "a name of extension A", both(name("样本㛃"), answered(review.AuthorityMismatch, 0))),
	yesID("AUT-01", "authority_mismatch_rare", "a compatibility ideograph", both(name("样本\uf9dc"), answered(review.AuthorityMismatch, 0))),
	yesID("AUT-01", "authority_mismatch_rare", "an odd dot", both(name("样本•甲"), answered(review.AuthorityMismatch, 0))),
	yesID("AUT-01", "authority_mismatch_rare", "the usual dot", both(name("样本·甲"), answered(review.AuthorityMismatch, 0))),
	noID("AUT-01", "authority_mismatch_rare", "a usual name", answered(review.AuthorityMismatch, 0)),
	noID("AUT-01", "authority_mismatch", "a special occupation explains it", both(serving, answered(review.AuthorityMismatch, 0))),
	no("AUT-01", "authority_mismatch", "the police know no organisation", answered(review.AuthorityMismatch, 0)),
	yes("AUT-02", "authority_not_covered", "the source holds no such documents", outside),
	no("AUT-02", "authority_not_covered", "it holds them, and not this one", answered(review.AuthorityNotFound, 0)),
	no("AUT-02", "authority_not_found", "no such documents are no missing record", outside),
	yes("AUT-02", "authority_not_found", "no record", answered(review.AuthorityNotFound, 0)),
	no("AUT-02", "authority_not_found", "a record that matches", answered(review.AuthorityMatch, 0)),
	no("AUT-02", "authority_not_found", "nobody was asked", nothing),
	yesID("AUT-03", "household_transfer", "declared, and no record", both(moving, answered(review.AuthorityNotFound, 0))),
	yesID("AUT-03", "household_transfer", "declared, and nobody was asked", moving),
	noID("AUT-03", "household_transfer", "declared, yet the data match", both(moving, answered(review.AuthorityMatch, 0))),
	no("AUT-03", "household_transfer", "an organisation has no household", moving),
	yesID("AUT-04", "special_occupation", "declared, and it does not match", both(serving, answered(review.AuthorityMismatch, 0))),
	noID("AUT-04", "special_occupation", "declared, yet the data match", both(serving, answered(review.AuthorityMatch, 0))),
	noID("AUT-04", "special_occupation", "not declared", answered(review.AuthorityMismatch, 0)),
	{"AUT-04", "special_occupation", "another document than the ID card", change(passport(), serving), false},
	yes("AUT-05", "entity_revoked", "the register says revoked", answered(review.AuthorityRevoked, 0)),
	no("AUT-05", "entity_revoked", "the register has it", answered(review.AuthorityMatch, 0)),
	yes("AUT-06", "authority_unavailable", "the source is down", answered(review.AuthorityUnavailable, 0)),
	no("AUT-06", "authority_unavailable", "it will answer later", answered(review.AuthorityPending, 0)),
	no("AUT-06", "authority_silent", "nobody asked for its word", answered(review.AuthorityUnavailable, 0)),
	yes("AUT-07", "organisation_mismatch", "name and code do not match", answered(review.AuthorityMismatch, 0)),
	no("AUT-07", "organisation_mismatch", "no record is no mismatch", answered(review.AuthorityNotFound, 0)),
	no("AUT-07", "organisation_mismatch", "a source that is down is no mismatch", answered(review.AuthorityUnavailable, 0)),
	noID("AUT-07", "organisation_mismatch", "a person is none", answered(review.AuthorityMismatch, 0)),
	yes("AUT-07", "organisation_mismatch_rare", "a name in private use", both(name("样本\ue863有限公司"), answered(review.AuthorityMismatch, 0))),
	no("AUT-07", "organisation_mismatch_rare", "a usual name", answered(review.AuthorityMismatch, 0)),
	yes("AUT-07", "organisation_former_name", "it is called otherwise now", hinted(review.HintFormerName)),
	no("AUT-07", "organisation_former_name", "never so called", answered(review.AuthorityMismatch, 0)),
	yes("AUT-07", "organisation_other_code", "the name is another code's", hinted(review.HintOtherCode)),
	no("AUT-07", "organisation_other_code", "the code stands for another name", answered(review.AuthorityMismatch, 0)),
	yes("HIS-03", "review_timeout", "seven days without an answer", answered(review.AuthorityPending, 7)),
	no("HIS-03", "review_timeout", "six days", answered(review.AuthorityPending, 6)),
	no("HIS-03", "review_timeout", "answered at last", answered(review.AuthorityMatch, 9)),
}

// What an answer does depends on what the profile asks of it. Whatever the mode,
// only a mismatch and a revocation may refuse anybody.
func TestTheModeDecidesWhatAnAnswerDoes(t *testing.T) {
	type kinds map[review.AuthorityResult]review.Kind
	for mode, want := range map[rules.AuthorityMode]kinds{
		rules.AuthorityOff: {review.AuthorityMatch: review.Approved, review.AuthorityMismatch: review.Approved, review.AuthorityNotFound: review.Approved,
			review.AuthorityRevoked: review.Approved, review.AuthorityUnavailable: review.Approved, review.AuthorityPending: review.Approved},
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

// Rules 0.9: a name that others may encode otherwise is compared by a person.
func TestANameThatOthersMayEncodeOtherwiseIsNeverRefusedByItself(t *testing.T) {
	for _, n := range []string{"样本\U00020bb7", "样本\ue863", "样本㛃", "样本\uf9dc", "样本龦", "样本·甲", "样本•甲"} {
		f := idCard()
		name(n)(&f)
		f.Documents[0].Reading.Name.Read = n
		answered(review.AuthorityMismatch, 0)(&f)
		if got := rules.Default().Decide(All(f, rules.Default(), asked(rules.AuthorityRequired))); got.Kind != review.ManualReview {
			t.Errorf("%+q: %s: %v", n, got.Kind, codes(got.Findings))
		}
	}
}

// asked is the default profile with the authority's word.
func asked(mode rules.AuthorityMode) rules.Profile {
	p := defaultProfile()
	p.Authority.Default = mode
	return p
}

func TestWhatTheAuthoritysFindingsSay(t *testing.T) {
	set := rules.Default()
	for _, want := range []review.Finding{
		{Check: "AUT-01", Detail: "authority_mismatch", Severity: review.Fail, Reason: review.IdentityAuthorityMismatch},
		{Check: "AUT-01", Detail: "authority_mismatch_rare", Severity: review.Manual, Reason: review.IdentityAuthorityMismatch},
		{Check: "AUT-02", Detail: "authority_not_found", Severity: review.Manual, Reason: review.ElectronicVerificationFailed},
		{Check: "AUT-03", Detail: "household_transfer", Severity: review.Manual, Reason: review.IdentityAuthorityMismatch},
		{Check: "AUT-04", Detail: "special_occupation", Severity: review.Manual, Reason: review.IdentityAuthorityMismatch},
		{Check: "AUT-05", Detail: "entity_revoked", Severity: review.Fail, Reason: review.MaterialUnqualified},
		{Check: "AUT-06", Detail: "authority_unavailable", Severity: review.Warn, Reason: "ext_transport_error"},
		{Check: "AUT-06", Detail: "authority_silent", Severity: review.Manual, Reason: "ext_transport_error"},
		{Check: "AUT-02", Detail: "authority_not_covered", Severity: review.Manual, Reason: review.ElectronicVerificationFailed},
		{Check: "AUT-07", Detail: "organisation_mismatch", Severity: review.Fail, Reason: review.ElectronicVerificationFailed},
		{Check: "AUT-07", Detail: "organisation_mismatch_rare", Severity: review.Manual, Reason: review.ElectronicVerificationFailed},
		{Check: "AUT-07", Detail: "organisation_former_name", Severity: review.Fail, Reason: review.ElectronicVerificationFailed},
		{Check: "AUT-07", Detail: "organisation_other_code", Severity: review.Manual, Reason: review.ElectronicVerificationFailed},
		{Check: "HIS-03", Detail: "review_timeout", Severity: review.Warn, Reason: "ext_review_timeout"},
	} {
		want.Stage = review.StageAuthority
		if got := set.Finding(want.Check, want.Detail); got.Severity != want.Severity || got.Reason != want.Reason || got.Stage != want.Stage {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	f := idCard()
	answered(review.AuthorityMismatch, 0)(&f)
	f.Authority.Field = review.FieldNumber
	if found := All(f, set, asked(rules.AuthorityRequired)); found[len(found)-1].Field != review.FieldNumber {
		t.Errorf("the field that the source named is lost: %+v", found)
	}
}

// Rule: the mode is the document type's own where the profile gives one.
func TestTheModeIsThatOfTheType(t *testing.T) {
	p := asked(rules.AuthorityOff)
	p.Authority.Types = map[review.CredentialType]rules.AuthorityMode{"YYZZ": rules.AuthorityRequired}
	for code, want := range map[review.CredentialType]review.Kind{"YYZZ": review.Rejected, "SFZ": review.Approved} {
		f := map[review.CredentialType]review.Facts{"YYZZ": licence(), "SFZ": idCard()}[code]
		answered(review.AuthorityMismatch, 0)(&f)
		if got := rules.Default().Decide(All(f, rules.Default(), p)); got.Kind != want {
			t.Errorf("%s: %s, want %s", code, got.Kind, want)
		}
	}
}

// Rule: a profile with 0 days never times out.
func TestNoDaysAreNoTimeOut(t *testing.T) {
	p := asked(rules.AuthorityAdvisory)
	p.UpstreamTimeoutDays = 0
	f := licence()
	answered(review.AuthorityPending, 90)(&f)
	if found := All(f, rules.Default(), p); len(found) != 0 {
		t.Errorf("%v", codes(found))
	}
}

// Rule 0.8 and AUT-01: the police know persons alone. An organisation that the
// register knows otherwise is told so under reason 1, and never that its ID number
// does not match.
func TestAnOrganisationIsNotToldOfThePolice(t *testing.T) {
	for _, hint := range []review.AuthorityHint{"", review.HintFormerName, review.HintOtherCode} {
		f := licence()
		hinted(hint)(&f)
		got := rules.Default().Decide(All(f, rules.Default(), asked(rules.AuthorityRequired)))
		if got.Primary != review.ElectronicVerificationFailed || got.Kind == review.Approved {
			t.Errorf("%q: %s, %s", hint, got.Kind, got.Primary)
		}
	}
}
