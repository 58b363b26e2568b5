package review

// CheckID is the stable id of one rule, such as NUM-05.
type CheckID string

// Detail is the stable code of what exactly a check found, such as
// number_check_digit. One check may have several; each has texts in the
// catalogue (package rules).
type Detail string

// Reason is one of the eight public failure reasons, or an ext_ reason.
type Reason string

// The eight public reasons, in the order of the registrars' help page.
const (
	ElectronicVerificationFailed  Reason = "electronic_verification_failed"
	CredentialTypeOrNumberInvalid Reason = "credential_type_or_number_invalid"
	RegistrantInfoMismatch        Reason = "registrant_info_mismatch"
	RepeatedSubmissionFailed      Reason = "repeated_submission_failed"
	MaterialUnclear               Reason = "material_unclear"
	MaterialIncomplete            Reason = "material_incomplete"
	MaterialUnqualified           Reason = "material_unqualified"
	IdentityAuthorityMismatch     Reason = "identity_authority_mismatch"
)

// Severity says what a finding does to the outcome.
type Severity string

// The severities. A warning never rejects.
const (
	Fail   Severity = "fail"
	Hold   Severity = "hold" // passes by itself at EligibleAt
	Manual Severity = "manual"
	Warn   Severity = "warn"
)

// StageName names a stage of a review.
type StageName string

// The stages in their order.
const (
	StageFormat      StageName = "format"
	StageClarity     StageName = "clarity"
	StageConsistency StageName = "consistency"
	StageAge         StageName = "certificate_age"
	StageAuthority   StageName = "authority"
)

// Field is the declared or printed field that a finding is about.
type Field string

// The fields.
const (
	FieldHolderType     Field = "holder_type"
	FieldName           Field = "name"
	FieldNumber         Field = "number"
	FieldCredentialType Field = "credential_type"
	FieldIssueDate      Field = "issue_date"
	FieldExpiryDate     Field = "expiry_date"
	FieldCountry        Field = "country"
	FieldDocument       Field = "document"
)

// Box is a rectangle on the upright image in pixels, origin at the top left.
type Box struct {
	X, Y, W, H int
}

// Evidence says where on which document a finding was made, what was measured
// there and which limit it broke. A finding about a picture without a box is about
// the whole of it.
type Evidence struct {
	Role Role `json:"role,omitempty"`
	Box  *Box `json:"box,omitempty"`
	// Width and Height are those of the upright image that the box is on, in
	// pixels: a large photo is reviewed on a smaller copy. Rotation is by how many
	// degrees clockwise the photo had to be turned after EXIF to be upright.
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Rotation int    `json:"rotation,omitempty"`
	Measured string `json:"measured,omitempty"` // with its unit, as shown to a person
	Limit    string `json:"limit,omitempty"`    // with its unit, as shown to a person
}

// Finding is one result of one check about one upload.
type Finding struct {
	Check    CheckID   `json:"check"`
	Detail   Detail    `json:"detail"`
	Stage    StageName `json:"stage"`
	Reason   Reason    `json:"reason,omitempty"`
	Severity Severity  `json:"severity"`
	Field    Field     `json:"field,omitempty"`
	Declared string    `json:"declared,omitempty"`
	Read     string    `json:"read,omitempty"`
	Evidence Evidence  `json:"evidence,omitzero"`
	// Fix is the value that would pass, when it is proved to be the only one.
	Fix string `json:"fix,omitempty"`
	// Leads makes the finding's reason the primary one whatever its place in the
	// order of repair (the reason that is drawn from history).
	Leads bool `json:"leads,omitempty"`
	// EligibleAt is set when Severity is Hold: RFC 3339, Shanghai.
	EligibleAt string `json:"eligible_at,omitempty"`
	// Params are the values of the text's placeholders beyond the fields above.
	Params map[string]string `json:"params,omitempty"`
}
