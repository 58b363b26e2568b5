package review

import "time"

// AuthorityResult is what an issuing body answers to name and number.
type AuthorityResult string

// The results. Unavailable and Pending say nothing of the registrant, and not
// found is no mismatch: new documents and household moves are not in the data yet.
const (
	AuthorityMatch       AuthorityResult = "match"
	AuthorityMismatch    AuthorityResult = "mismatch"
	AuthorityNotFound    AuthorityResult = "not_found"
	AuthorityRevoked     AuthorityResult = "revoked"
	AuthorityUnavailable AuthorityResult = "unavailable"
	AuthorityPending     AuthorityResult = "pending"
)

// AuthorityHint is what a source knows beside its result.
type AuthorityHint string

// The hints.
const (
	HintFormerName AuthorityHint = "former_name" // the organisation is called otherwise now
	HintOtherCode  AuthorityHint = "other_code"  // no record of the code, but the name is another code's alone
	HintNotCovered AuthorityHint = "not_covered" // it holds no such documents, and will not
)

// AuthorityAnswer is the newest answer of an issuing body about an attempt.
type AuthorityAnswer struct {
	Result AuthorityResult `json:"result"`
	// Field is what does not match, when the source says so.
	Field Field `json:"field,omitempty"`
	// Hint says more of why, when the source knows it.
	Hint AuthorityHint `json:"hint,omitempty"`
	// Source names who answered; Reference is the source's own id of the answer.
	Source    string    `json:"source,omitempty"`
	Reference string    `json:"reference,omitempty"`
	AskedAt   time.Time `json:"asked_at"` // the first time
	At        time.Time `json:"at"`
	// Asks counts how often the question was put.
	Asks int `json:"asks,omitempty"`
	// Since is when the organisation was dissolved or its licence revoked.
	Since Date `json:"since,omitzero"`
	// AskAgain is when the source wants to be asked again; zero when it does not say.
	AskAgain time.Time `json:"ask_again,omitzero"`
	// Cause says why there is no answer, in words for operations without identity data.
	Cause string `json:"cause,omitempty"`
}
