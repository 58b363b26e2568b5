package review

import "time"

// Facts is all that the checks may look at: what was declared, when, the
// history, and for each document what was measured and read. The same facts
// and rule set always give the same findings, so facts are stored with the
// outcome and a review can be decided again without its images.
type Facts struct {
	Now       time.Time       `json:"now"` // the clock of the review, injected
	Declared  Declared        `json:"declared"`
	Documents []DocumentFacts `json:"documents"`
	History   History         `json:"history"`
	// Authority is what the issuing body said; nil when it was not asked.
	Authority *AuthorityAnswer `json:"authority,omitempty"`
	// Images is false for a review of declared data alone (pre-check without
	// images); checks that need a document then stay silent.
	Images bool `json:"images"`
}

// DocumentFacts is what one document showed.
type DocumentFacts struct {
	Role    Role     `json:"role"`
	File    File     `json:"file"`
	Picture *Picture `json:"picture,omitempty"` // nil when it could not be decoded
	Reading *Reading `json:"reading,omitempty"` // nil when it was not read
	// Examiner names the program that looked at it: only its own facts may be
	// taken over for the next attempt.
	Examiner string `json:"examiner,omitempty"`
	// Origin is the attempt whose review looked at this very image; empty when it
	// was this one's.
	Origin string `json:"origin,omitempty"`
}

// FileFault says why a file could not be decoded within the limits.
type FileFault string

// The file faults.
const (
	FileFine      FileFault = ""
	FileEmpty     FileFault = "empty"
	FileNotImage  FileFault = "not_image"  // no known magic bytes
	FileOtherType FileFault = "other_type" // a known type that is not JPEG; see Magic
	FileTruncated FileFault = "truncated"  // ends early or has no end marker
	FileBroken    FileFault = "broken"     // JPEG that does not decode
	FileBomb      FileFault = "bomb"       // more pixels than the limit, or an absurd header
)

// File is what the bytes of an upload showed before any pixel was looked at.
type File struct {
	Extension string    `json:"extension"`
	Size      int64     `json:"size"` // bytes
	SHA256    string    `json:"sha256"`
	Magic     string    `json:"magic"` // true type by magic bytes: jpeg, png, bmp, gif, webp, heic, tiff, pdf, zip, or empty
	Fault     FileFault `json:"fault,omitempty"`
	Width     int       `json:"width,omitempty"`   // pixels as the header claims, before orientation
	Height    int       `json:"height,omitempty"`  // pixels
	Colours   int       `json:"colours,omitempty"` // components of the JPEG: 1 grey, 3 colour, 4 CMYK
}

// Answer is a three-way answer: the zero value means that it was not measured.
type Answer string

// The answers. Unknown means measured but in the band where the measure is not
// to be trusted.
const (
	Unmeasured Answer = ""
	Yes        Answer = "yes"
	No         Answer = "no"
	Unknown    Answer = "unknown"
)

// Picture is what the pixels showed; sizes and boxes are of the upright image.
type Picture struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	// Rotation is by how many degrees clockwise it had to be turned after EXIF: 0,
	// 90, 180 or 270.
	Rotation int `json:"rotation,omitempty"`
	// EdgeRatio is the width of text edges from 20 to 80 % of their contrast,
	// over the median text line height. Sharp print is below 0.06. Negative
	// when fewer than 30 text edges were found.
	EdgeRatio float64 `json:"edge_ratio"`
	// MeanLuma, DarkLuma (1st percentile: print covers a few hundredths of a page) and BrightLuma (95th) are 0 to 255.
	MeanLuma   float64 `json:"mean_luma"`
	DarkLuma   float64 `json:"dark_luma"`
	BrightLuma float64 `json:"bright_luma"`
	// LightRatio is the brightest over the darkest part of the paper.
	LightRatio float64 `json:"light_ratio"`
	// Chroma is the mean distance from grey of all pixels, 0 to 128.
	Chroma float64 `json:"chroma"`
	// TopChroma is how far the most coloured hundredth of the upper half stands out
	// from the paper's tint, where a certificate has emblem and title; 0 when it
	// was not measured.
	TopChroma float64 `json:"top_chroma,omitempty"`
	// Colour answers whether the document was captured in colour.
	Colour Answer `json:"colour,omitempty"`
	// Emblem and Seal answer whether the red emblem and a red seal were found.
	Emblem    Answer `json:"emblem,omitempty"`
	EmblemBox *Box   `json:"emblem_box,omitempty"`
	// EmblemCut is how much of the emblem's width lies along the top of the picture, 0 to 1.
	EmblemCut float64 `json:"emblem_cut,omitempty"`
	Seal      Answer  `json:"seal,omitempty"`
	SealBox   *Box    `json:"seal_box,omitempty"`
	// CutSides lists the sides at which the document leaves the picture.
	CutSides []string `json:"cut_sides,omitempty"` // top, right, bottom, left
	// Sides is how many frame sides were found, -1 when there is no frame to look for.
	Sides int `json:"sides"`
	// Screen answers whether it is a screenshot: yes when its bars are there, unmeasured else.
	Screen Answer `json:"screen,omitempty"`
	// Moire is how far one frequency stands out of the paper's spectrum, in natural logarithms;
	// 0 where there is too little paper. A display's pixels make such a one.
	Moire float64 `json:"moire,omitempty"`
	// Glare is the largest saturated blob, nil when there is none.
	Glare *Box `json:"glare,omitempty"`
	// Covered is a flat dark bar over the print, nil when there is none.
	Covered *Box `json:"covered,omitempty"`
	// Typed compares the blackest print with the rest, nil when there is none or no other.
	Typed *Typed `json:"typed,omitempty"`
	// GlareShare is the share of the frame it covers, 0 to 1.
	GlareShare float64 `json:"glare_share,omitempty"`
}

// Typed is how print as black as a screen makes it stands out from the other print
// of a page, as it does when it was typed over a photo.
type Typed struct {
	Box     Box     `json:"box"`     // around all of it
	Glyphs  int     `json:"glyphs"`  // black characters
	Rest    float64 `json:"rest"`    // share of all characters that are clearly greyer, 0 to 1
	Between float64 `json:"between"` // characters of the greys between the two, over the black ones
	Sharper float64 `json:"sharper"` // width of the edges of the rest over that of the black ones
}

// Verdict is how a declared field compares with the document.
type Verdict string

// The verdicts. Unreadable is no evidence in either direction.
const (
	NotSought    Verdict = ""
	Confirmed    Verdict = "confirmed"
	Contradicted Verdict = "contradicted" // positive evidence of another value, in Read
	Unreadable   Verdict = "unreadable"
)

// FieldReading is what the reader can say of one field.
type FieldReading struct {
	Verdict    Verdict `json:"verdict,omitempty"`
	Read       string  `json:"read,omitempty"`       // the value as printed, when it was read
	Confidence float64 `json:"confidence,omitempty"` // 0 to 1
	Means      string  `json:"means,omitempty"`      // qr, network, ocr or mrz
	Box        *Box    `json:"box,omitempty"`
}

// Turn turns what was measured with the picture, by quarter turns clockwise.
func (p *Picture) Turn(quarters int) {
	for range quarters & 3 {
		boxes := []*Box{p.EmblemBox, p.SealBox, p.Glare, p.Covered}
		if p.Typed != nil {
			boxes = append(boxes, &p.Typed.Box)
		}
		for _, b := range boxes {
			if b != nil {
				*b = Box{X: p.Height - b.Y - b.H, Y: b.X, W: b.H, H: b.W}
			}
		}
		for i, side := range p.CutSides {
			p.CutSides[i] = map[string]string{"top": "right", "right": "bottom", "bottom": "left", "left": "top"}[side]
		}
		p.Width, p.Height, p.Rotation = p.Height, p.Width, (p.Rotation+90)%360
	}
}

// Reading is what was read on one document.
type Reading struct {
	Rotation int `json:"rotation"` // degrees clockwise by which the picture had to be turned after EXIF: 0, 90, 180, 270
	// Type is the document type by its title, empty when no title was read.
	Type      CredentialType `json:"type,omitempty"`
	Title     FieldReading   `json:"title"` // Read holds the title's text
	Name      FieldReading   `json:"name"`
	Number    FieldReading   `json:"number"`
	IssueDate FieldReading   `json:"issue_date"`
	// Issued and Expires are the printed dates, zero when not read.
	Issued      Date `json:"issued,omitzero"`
	Established Date `json:"established,omitzero"`
	Expires     Date `json:"expires,omitzero"`
	LongTerm    bool `json:"long_term,omitempty"`
	// ExpiresBox and EstablishedBox are where those two were read.
	ExpiresBox     *Box `json:"expires_box,omitempty"`
	EstablishedBox *Box `json:"established_box,omitempty"`
	// SerialNumber is the 证件编号 beside a credit code, when read.
	SerialNumber string `json:"serial_number,omitempty"`
	// LegalPerson is the legal representative, when read.
	LegalPerson    string `json:"legal_person,omitempty"`
	LegalPersonBox *Box   `json:"legal_person_box,omitempty"`
	// Words are words of a watermark that were read across the page, such as 仅供.
	Words    []string `json:"words,omitempty"`
	WordsBox *Box     `json:"words_box,omitempty"`
	// Second is where another valid number of the same kind stands: that of another
	// document in the same picture.
	Second *Box `json:"second,omitempty"`
	// Lines counts the text lines found; Confidence is the median of their
	// reading confidence, 0 to 1.
	Lines      int     `json:"lines"`
	Confidence float64 `json:"confidence"`
}

// History is what earlier attempts of the same submission, and of the same
// tenant, add to a review.
type History struct {
	// Attempt is the number of this attempt, from 1.
	Attempt int `json:"attempt"`
	// FailedInRow counts the rejected attempts directly before this one.
	FailedInRow int `json:"failed_in_row,omitempty"`
	// RefusedFiles are hex SHA-256 of files refused before in this submission for the picture's sake.
	RefusedFiles []string `json:"refused_files,omitempty"`
	// OtherNames is how many other names the tenant has declared with this number.
	OtherNames int `json:"other_names,omitempty"`
}
