package review

// HolderType says whether a person or an organisation holds the domain.
type HolderType string

// The holder types.
const (
	Individual   HolderType = "individual"
	Organisation HolderType = "organisation"
)

// CredentialType is our own code of a document type, such as YYZZ; the table is
// in package rules. Registrars' codes are mapped to it at the edge.
type CredentialType string

// Declared is what the registrant typed. Name and Number are identity data:
// they never go into a log, a message, a metric or a URL.
type Declared struct {
	HolderType     HolderType     `json:"holder_type"`
	Name           string         `json:"name"`
	CredentialType CredentialType `json:"credential_type"`
	Number         string         `json:"number"`
	IssueDate      Date           `json:"issue_date,omitzero"`
	ExpiryDate     Date           `json:"expiry_date,omitzero"`
	LongTerm       bool           `json:"long_term,omitempty"` // printed as 长期: it does not expire
	Country        string         `json:"country,omitempty"`   // ISO 3166-1 alpha-2; empty means CN

	// LegalPerson is the legal representative, when the registrar sends it.
	LegalPerson string `json:"legal_person,omitempty"`
	// HouseholdMove and SpecialOccupation are the two cases that police data
	// cannot confirm by name and number (rules.md 1.7).
	HouseholdMove     bool `json:"household_move,omitempty"`
	SpecialOccupation bool `json:"special_occupation,omitempty"`

	// Email and Language are where and how the registrant is told.
	Email    string `json:"email,omitempty"`
	Language string `json:"language,omitempty"` // zh-CN or en
}

// Mainland reports whether the holder lives in mainland China.
func (d Declared) Mainland() bool { return d.Country == "" || d.Country == "CN" }

// Role says what a document shows.
type Role string

// The document roles. "Front" and "back" are not used: registrars disagree on
// which side of the ID card is the front.
const (
	Licence      Role = "licence"       // any certificate of an organisation
	PortraitSide Role = "portrait_side" // card side with the face (ID card: and the number)
	EmblemSide   Role = "emblem_side"   // ID card side with the emblem and the validity
	DataPage     Role = "data_page"     // passport page with face and MRZ
	BackSide     Role = "back_side"     // back of a permit
	Supplement   Role = "supplement"    // anything sent to explain
)

// Document is one uploaded image of an attempt.
type Document struct {
	ID        string `json:"id"` // UUIDv7
	Role      Role   `json:"role"`
	Extension string `json:"extension"` // of the uploaded file name, lower case, without the dot; the name itself is not kept
	Size      int64  `json:"size"`      // bytes
	SHA256    string `json:"sha256"`    // hex, of the uploaded bytes
	BlobKey   string `json:"blob_key"`
}
