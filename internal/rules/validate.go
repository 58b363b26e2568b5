package rules

import (
	"regexp"
	"slices"
	"strings"

	"realname/internal/credential"
	"realname/internal/review"
)

// validate checks what YAML cannot: that everything that is named exists, that
// limits make sense, and that every text is there in both languages.
func (r *reading) validate() {
	r.validateChecks()
	r.validatePrecedence()
	r.validateTypes()
	r.validateProfiles()
	r.validateLimits()
	r.validateTexts()
}

// The words that a rules file may use.
var (
	stages     = []review.StageName{review.StageFormat, review.StageClarity, review.StageConsistency, review.StageAge, review.StageAuthority}
	severities = []review.Severity{review.Fail, review.Hold, review.Manual, review.Warn}
	holders    = []review.HolderType{review.Individual, review.Organisation}
	roles      = []review.Role{review.Licence, review.PortraitSide, review.EmblemSide, review.DataPage, review.BackSide, review.Supplement}
	residences = []string{"", "mainland", "elsewhere"}
	formats    = []credential.Format{
		credential.USCC, credential.ResidentID, credential.ResidentID15, credential.Licence15, credential.OrganisationCode,
		credential.HKMacaoPermit, credential.TaiwanPermit, credential.ResidencePermit, credential.ForeignResident,
		credential.ForeignResidentOld, credential.PassportCN, credential.Passport, credential.Free,
	}
	checkID = regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`)
)

// oneOf notes a fault for each value that is not among the allowed ones.
func oneOf[T ~string](r *reading, path string, allowed []T, values ...T) {
	for _, v := range values {
		if !slices.Contains(allowed, v) {
			r.fault(path, "%q is not one of %s", v, quoted(allowed))
		}
	}
}

func quoted[T ~string](list []T) string {
	var words []string
	for _, w := range list {
		if w != "" {
			words = append(words, string(w))
		}
	}
	return strings.Join(words, ", ")
}

func names[E any, N ~string](list []E, name func(E) N) []N {
	out := make([]N, len(list))
	for i, e := range list {
		out[i] = name(e)
	}
	return out
}

func (s *Set) reasonCodes() []review.Reason {
	return names(s.Reasons, func(x ReasonEntry) review.Reason { return x.Code })
}

func (s *Set) detailCodes() []review.Detail {
	return names(s.Details, func(x DetailEntry) review.Detail { return x.Code })
}

func (s *Set) typeCodes() []review.CredentialType {
	return names(s.Types, func(x DocumentType) review.CredentialType { return x.Code })
}

func (r *reading) validateChecks() {
	owner := map[review.Detail]review.CheckID{}
	reasons, details := r.set.reasonCodes(), r.set.detailCodes()
	for _, c := range r.set.Checks {
		path := "checks." + string(c.ID)
		if !checkID.MatchString(string(c.ID)) {
			r.fault(path, "an id is three capitals, a dash and two digits, such as NUM-05")
		}
		oneOf(r, path+".stage", stages, c.Stage)
		r.known(path+".reason", "reason", reasons, c.Reason)
		for _, also := range c.Also {
			r.known(path+".also", "reason", reasons, also)
		}
		oneOf(r, path+".severity", severities, c.Severity)
		r.both(path+".title", c.Title)
		if c.Source == "" {
			r.fault(path+".source", "the source of the rule is missing")
		}
		if len(c.Details) == 0 {
			r.fault(path+".details", "a check needs at least one detail code")
		}
		for _, d := range details { // in the catalogue's order
			if severity, ok := c.Details[d]; ok {
				oneOf(r, path+".details."+string(d), append(severities, ""), severity)
				if other, taken := owner[d]; taken {
					r.fault(path+".details."+string(d), "the detail belongs to %s already", other)
				}
				owner[d] = c.ID
			}
		}
		for _, d := range sortedKeys(c.Details) {
			if !slices.Contains(details, d) {
				r.fault(path+".details."+string(d), "no detail of this code is in the catalogue")
			}
		}
	}
	for _, d := range details {
		if owner[d] == "" {
			r.fault("details."+string(d), "no check names this detail")
		}
	}
}

// known notes a reason that is not in the catalogue.
func (r *reading) known(path, what string, catalogue []review.Reason, code review.Reason) {
	if !slices.Contains(catalogue, code) {
		r.fault(path, "%s %q is not in the catalogue", what, code)
	}
}

// validatePrecedence asks that every reason has its one place in the order of repair.
func (r *reading) validatePrecedence() {
	catalogue := r.set.reasonCodes()
	seen := map[review.Reason]bool{}
	for _, code := range r.set.Precedence {
		r.known("precedence", "reason", catalogue, code)
		if seen[code] {
			r.fault("precedence", "reason %q stands twice", code)
		}
		seen[code] = true
	}
	for _, code := range catalogue {
		if !seen[code] {
			r.fault("precedence", "reason %q is missing", code)
		}
	}
}

func (r *reading) validateTypes() {
	for _, t := range r.set.Types {
		path := "types." + string(t.Code)
		r.both(path+".name", t.Name)
		oneOf(r, path+".holders", holders, t.Holders...)
		oneOf(r, path+".residents", residences, t.Residents)
		for _, n := range t.Numbers {
			oneOf(r, path+".numbers", formats, credential.Format(n))
		}
		oneOf(r, path+".roles", roles, t.Roles...)
		oneOf(r, path+".optional", roles, t.Optional...)
		if len(t.Roles) == 0 || len(t.Holders) == 0 || len(t.Numbers) == 0 {
			r.fault(path, "roles, holders and numbers must not be empty")
		}
		for _, role := range t.Optional {
			if slices.Contains(t.Roles, role) {
				r.fault(path+".optional", "%s is required already", role)
			}
		}
		images := slices.Concat(t.Roles, t.Optional)
		r.dated(path, "age", "issue_on", t.Age, t.IssueOn, images)
		r.dated(path, "expires", "expiry_on", t.Expires, t.ExpiryOn, images)
		for _, registrar := range sortedKeys(t.Codes) {
			if t.Codes[registrar] == "" {
				r.fault(path+".codes."+registrar, "the code is empty")
			}
		}
	}
}

// dated asks that a rule about a date and the image that prints it come together.
func (r *reading) dated(path, rule, on string, applies bool, image review.Role, images []review.Role) {
	switch {
	case applies && !slices.Contains(images, image):
		r.fault(path+"."+on, "%q is no image of this type; name the one that prints the date, or set %s to false", image, rule)
	case !applies && image != "":
		r.fault(path+"."+rule, "is false, but %s names %s", on, image)
	}
}

// maxDays bounds the days and counts of a profile: ten years.
const maxDays = 3650

func (r *reading) validateProfiles() {
	for _, p := range r.set.Profiles {
		path := "profiles." + p.Name
		r.both(path+".title", p.Title)
		r.validateFiles(path+".files", p.Files)
		r.validateAuthority(path+".authority", p.Authority)
		for _, x := range []struct {
			key string
			n   int
		}{
			{".age.min_days", p.Age.MinDays}, {".age.near_expiry_days", p.Age.NearExpiryDays}, {".repeated_after", p.RepeatedAfter},
			{".hold_after_days", p.HoldAfterDays}, {".upstream_timeout_days", p.UpstreamTimeoutDays},
		} {
			if x.n < 0 || x.n > maxDays {
				r.fault(path+x.key, "%d is not between 0 and %d", x.n, maxDays)
			}
		}
		for _, code := range p.Accepted {
			if !slices.Contains(r.set.typeCodes(), code) {
				r.fault(path+".accepted", "%q is no document type", code)
			}
		}
		if p.Registrar != "" && !slices.ContainsFunc(r.set.Types, func(t DocumentType) bool { return t.Codes[p.Registrar] != "" }) {
			r.fault(path+".registrar", "no document type has a code of registrar %q", p.Registrar)
		}
	}
	if !slices.ContainsFunc(r.set.Profiles, func(p Profile) bool { return p.Name == "default" }) {
		r.fault("profiles", "the profile default is missing")
	}
}

func (r *reading) validateFiles(path string, f FileLimits) {
	if f.MinBytes < 0 {
		r.fault(path+".min_bytes", "%d is negative", f.MinBytes)
	}
	if f.MaxBytes <= f.MinBytes {
		r.fault(path+".max_bytes", "%d is not above min_bytes, %d", f.MaxBytes, f.MinBytes)
	}
	if f.SoftMinBytes < 0 || f.SoftMinBytes > f.MinBytes {
		r.fault(path+".soft_min_bytes", "%d is not between 0, which switches the warning off, and min_bytes, %d", f.SoftMinBytes, f.MinBytes)
	}
	if f.MinShortSide < 0 {
		r.fault(path+".min_short_side", "%d is negative", f.MinShortSide)
	}
	if len(f.Extensions) == 0 {
		r.fault(path+".extensions", "at least one is needed")
	}
	for _, x := range f.Extensions {
		if x == "" || x != strings.ToLower(x) || strings.Contains(x, ".") {
			r.fault(path+".extensions", "%q must be lower case and without the dot, such as jpg", x)
		}
	}
}

// validateLimits asks that each threshold lies where its measure does.
func (r *reading) validateLimits() {
	l := r.set.Limits
	for _, x := range []struct {
		key           string
		value, lo, hi float64
	}{
		{"max_pixels", float64(l.MaxPixels), 1, 1e9}, {"max_side", float64(l.MaxSide), 1, 65_535},
		{"blur_warn", l.BlurWarn, 0, 1}, {"blur_fail", l.BlurFail, l.BlurWarn, 1}, {"blur_fail_card", l.BlurFailCard, l.BlurFail, 1},
		{"dark_bright", l.DarkBright, 0, 255}, {"min_mean_luma", l.MinMeanLuma, 0, 255},
		{"max_mean_luma", l.MaxMeanLuma, l.MinMeanLuma, 255}, {"min_spread", l.MinSpread, 0, 255},
		{"max_light_ratio", l.MaxLightRatio, 1, 100}, {"min_chroma", l.MinChroma, 0, 128}, {"copy_chroma", l.CopyChroma, 0, 255},
		{"emblem_cut", l.EmblemCut, 0, 1}, {"moire", l.Moire, 0, 100},
		{"typed_glyphs", float64(l.TypedGlyphs), 1, 10_000}, {"typed_rest", l.TypedRest, 0, 1}, {"typed_between", l.TypedBetween, 0, 100}, {"typed_sharper", l.TypedSharper, 0, 100},
		{"glare_share", l.GlareShare, 0, 1}, {"read_confidence", l.ReadConfidence, 0, 1},
	} {
		if !(x.value >= x.lo && x.value <= x.hi) { // NaN, too
			r.fault("limits."+x.key, "%v is not between %v and %v", x.value, x.lo, x.hi)
		}
	}
}
