// Package rules holds the tables of a review: checks and their severities,
// document types, profiles, thresholds, and the catalogue of reasons in Chinese
// and English. It is data and its validation; it decides nothing itself.
package rules

import "realname/internal/review"

// Set is everything a review needs to know, loaded once and never changed.
type Set struct {
	Version    string // names checks, thresholds and catalogue together; stored with each outcome
	Precedence review.Precedence
	Checks     []Check // in the order of the table
	Types      []DocumentType
	Profiles   []Profile
	Reasons    []ReasonEntry
	Details    []DetailEntry
	Limits     Limits

	by        index
	overrides []source // that are over the built-in rules
}

// Lang is a language of the catalogue.
type Lang string

// The languages of the catalogue.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Text is one text in every language of the catalogue.
type Text struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In returns the text in the given language.
func (t Text) In(l Lang) string {
	if l == English {
		return t.EN
	}
	return t.ZH
}

// Check is one row of the check table.
type Check struct {
	ID       review.CheckID                    `yaml:"id"`
	Stage    review.StageName                  `yaml:"stage"`
	Reason   review.Reason                     `yaml:"reason"`
	Also     []review.Reason                   `yaml:"also"` // further reasons under which the help page lists it
	Severity review.Severity                   `yaml:"severity"`
	Details  map[review.Detail]review.Severity `yaml:"details"` // each detail code of the check; an empty severity means the check's
	Title    Text                              `yaml:"title"`
	Source   string                            `yaml:"source"`
	Conflict string                            `yaml:"conflict"` // what other sources say, and our ruling
}

// DocumentType is one accepted kind of document.
type DocumentType struct {
	Code    review.CredentialType `yaml:"code"`
	Name    Text                  `yaml:"name"`
	Holders []review.HolderType   `yaml:"holders"`
	// Residents says which holders may use it: mainland, elsewhere, or both when empty.
	Residents string `yaml:"residents"`
	// Numbers are the accepted number formats, names of package credential.
	Numbers []string `yaml:"numbers"`
	// Roles are the images that must be sent; Optional may be sent.
	Roles    []review.Role `yaml:"roles"`
	Optional []review.Role `yaml:"optional"`
	// Titles are printed titles that identify the type, most telling first.
	Titles []string `yaml:"titles"`
	// Age says whether the ten-day rule applies; IssueOn names the role that prints the issue date.
	Age     bool        `yaml:"age"`
	IssueOn review.Role `yaml:"issue_on"`
	// Expires says whether the document can expire; ExpiryOn names the role that prints it.
	Expires  bool        `yaml:"expires"`
	ExpiryOn review.Role `yaml:"expiry_on"`
	// Emblem and Seal say whether the document carries a national emblem and a red seal.
	Emblem bool `yaml:"emblem"`
	Seal   bool `yaml:"seal"`
	// HanName says whether the holder's name must have a Han character.
	HanName bool `yaml:"han_name"`
	// Codes are the registrars' own codes of the type: registrar -> code.
	Codes map[string]string `yaml:"codes"`
	// Aliases are further codes that a registrar takes for the type; we never send them.
	Aliases map[string][]string `yaml:"aliases"`
}

// Profile is a registry's or registrar's limits.
type Profile struct {
	Name   string `yaml:"name"`
	Title  Text   `yaml:"title"`
	Source string `yaml:"source"`
	// Registrar names whose codes the profile speaks; without Accepted, only the
	// types that this registrar has a code for are accepted.
	Registrar string                  `yaml:"registrar"`
	Accepted  []review.CredentialType `yaml:"accepted"` // empty: all types of the set
	Files     FileLimits              `yaml:"files"`
	Age       AgeLimits               `yaml:"age"`
	// RepeatedAfter is how many failed attempts in a row make reason 4 lead.
	RepeatedAfter int `yaml:"repeated_after"`
	// HoldAfterDays is when the registry puts an unverified domain on hold.
	HoldAfterDays int `yaml:"hold_after_days"`
	// Authority says for which documents the issuing body is asked.
	Authority AuthorityRules `yaml:"authority"`
	// UpstreamTimeoutDays is when the registry closes a review without an answer.
	UpstreamTimeoutDays int `yaml:"upstream_timeout_days"`
}

// FileLimits bound one uploaded file.
type FileLimits struct {
	MinBytes     int64    `yaml:"min_bytes"`
	SoftMinBytes int64    `yaml:"soft_min_bytes"` // at least this but under MinBytes passes with a warning
	MaxBytes     int64    `yaml:"max_bytes"`
	Extensions   []string `yaml:"extensions"`
	MinShortSide int      `yaml:"min_short_side"` // pixels; below it a warning
}

// AgeLimits bound the age of a certificate.
type AgeLimits struct {
	MinDays        int  `yaml:"min_days"`      // natural days since issue
	FullLastDay    bool `yaml:"full_last_day"` // strict: the last day must have ended
	NearExpiryDays int  `yaml:"near_expiry_days"`
}

// Limits are the thresholds of the image and reading checks, the same for
// every profile. Each value's source and error rates stand beside it in the
// rules file.
type Limits struct {
	MaxPixels      int     `yaml:"max_pixels"`      // FMT-07, width x height
	MaxSide        int     `yaml:"max_side"`        // FMT-07
	BlurFail       float64 `yaml:"blur_fail"`       // CLR-01 edge ratio, together with failed reading
	BlurFailCard   float64 `yaml:"blur_fail_card"`  // the same for cards and passports
	BlurWarn       float64 `yaml:"blur_warn"`       // CLR-01 edge ratio
	DarkBright     float64 `yaml:"dark_bright"`     // CLR-03: 95th percentile of luma below it is dark
	MinMeanLuma    float64 `yaml:"min_mean_luma"`   // CLR-03
	MaxMeanLuma    float64 `yaml:"max_mean_luma"`   // CLR-03
	MinSpread      float64 `yaml:"min_spread"`      // CLR-03: 95th minus 1st percentile
	MaxLightRatio  float64 `yaml:"max_light_ratio"` // CLR-03
	MinChroma      float64 `yaml:"min_chroma"`      // CLR-09 when the structure gives no answer
	GlareShare     float64 `yaml:"glare_share"`     // CLR-02, share of the frame
	CopyChroma     float64 `yaml:"copy_chroma"`     // CLR-09 for a grey copy whose stamp is red
	TypedGlyphs    int     `yaml:"typed_glyphs"`    // CLR-08, black characters, at least
	TypedRest      float64 `yaml:"typed_rest"`      // CLR-08, share of clearly greyer print, at least
	TypedBetween   float64 `yaml:"typed_between"`   // CLR-08, characters of the greys between over black ones, at most
	TypedSharper   float64 `yaml:"typed_sharper"`   // CLR-08, edge width of the rest over that of the black ones, at least
	Moire          float64 `yaml:"moire"`           // CLR-07, one frequency over its ring in natural logarithms, at least
	EmblemCut      float64 `yaml:"emblem_cut"`      // CPL-02, share of the emblem's width along the picture's edge
	ReadConfidence float64 `yaml:"read_confidence"` // CLR-04
}

// ReasonEntry is one public reason.
type ReasonEntry struct {
	Code        review.Reason `yaml:"code"`
	Number      int           `yaml:"number"`  // 1 to 8 on the help page, 0 for extensions
	Heading     string        `yaml:"heading"` // the seed's heading it stands for
	Title       Text          `yaml:"title"`
	Explanation Text          `yaml:"explanation"`
	Remedy      Text          `yaml:"remedy"`
	Operations  Text          `yaml:"operations"` // for operations staff
}

// DetailEntry is one detail code. Texts may hold placeholders in braces, each
// declared in Params with its kind: {measured} and {limit} are the evidence's
// own unless a param of that name is set, {eligible_at} is the finding's, and
// any other is a param of the finding.
type DetailEntry struct {
	Code        review.Detail     `yaml:"code"`
	Title       Text              `yaml:"title"`
	Explanation Text              `yaml:"explanation"`
	Remedy      Text              `yaml:"remedy"`
	Operations  Text              `yaml:"operations"`
	Params      map[string]Kind   `yaml:"params"`  // placeholder -> kind
	Example     map[string]string `yaml:"example"` // placeholder -> value, for the reasons page and the render test; a value of the kind words as name_zh and name_en
}

// Message is a rendered text in one language.
type Message struct {
	Title, Explanation, Remedy, Operations string
}
