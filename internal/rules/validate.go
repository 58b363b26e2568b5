package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"realname/internal/credential"
	"realname/internal/review"
)

// validate checks what YAML cannot: that everything named exists, that limits
// make sense, and that every text is there in both languages.
func (s *Set) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("rules: "+format, args...)) }
	s.validateChecks(fault)
	s.validateTypes(fault)
	s.validateProfiles(fault)
	s.validateTexts(fault)
	l := s.Limits
	if l.MaxPixels <= 0 || l.MaxSide <= 0 || l.BlurFail <= 0 || l.BlurWarn <= 0 || l.MaxMeanLuma <= 0 || l.MaxLightRatio <= 0 || l.GlareShare <= 0 {
		fault("limits: every limit must be given and positive; limits replace the built-in ones as a whole")
	}
	return errors.Join(faults...)
}

type faultFunc func(format string, args ...any)

var severities = []review.Severity{review.Fail, review.Hold, review.Manual, review.Warn}

func (s *Set) validateChecks(fault faultFunc) {
	for _, c := range s.Checks {
		if !slices.ContainsFunc(s.Reasons, func(r ReasonEntry) bool { return r.Code == c.Reason }) {
			fault("checks: %s: reason %q is not in the catalogue", c.ID, c.Reason)
		}
		if !slices.Contains(severities, c.Severity) {
			fault("checks: %s: severity %q is none of %v", c.ID, c.Severity, severities)
		}
		if len(c.Details) == 0 {
			fault("checks: %s: details are missing", c.ID)
		}
		for d, severity := range c.Details {
			if !slices.ContainsFunc(s.Details, func(x DetailEntry) bool { return x.Code == d }) {
				fault("checks: %s: detail %q is not in the catalogue", c.ID, d)
			}
			if severity != "" && !slices.Contains(severities, severity) {
				fault("checks: %s: detail %s: severity %q is none of %v", c.ID, d, severity, severities)
			}
		}
		if !slices.Contains(s.Precedence, c.Reason) {
			fault("precedence: reason %q of %s is missing", c.Reason, c.ID)
		}
	}
}

// formats are the number formats that types may name.
var formats = []credential.Format{
	credential.USCC, credential.ResidentID, credential.ResidentID15, credential.Licence15, credential.OrganisationCode,
	credential.HKMacaoPermit, credential.TaiwanPermit, credential.ResidencePermit, credential.ForeignResident,
	credential.ForeignResidentOld, credential.PassportCN, credential.Passport, credential.Free,
}

func (s *Set) validateTypes(fault faultFunc) {
	for _, t := range s.Types {
		for _, n := range t.Numbers {
			if !slices.Contains(formats, credential.Format(n)) {
				fault("types: %s: numbers: %q is no number format", t.Code, n)
			}
		}
		if len(t.Roles) == 0 || len(t.Holders) == 0 || len(t.Numbers) == 0 {
			fault("types: %s: roles, holders and numbers must not be empty", t.Code)
		}
		if t.Residents != "" && t.Residents != "mainland" && t.Residents != "elsewhere" {
			fault("types: %s: residents: %q is neither mainland nor elsewhere", t.Code, t.Residents)
		}
	}
}

func (s *Set) validateProfiles(fault faultFunc) {
	for _, p := range s.Profiles {
		f, a := p.Files, p.Age
		if f.MinBytes < 0 || f.MaxBytes <= f.MinBytes || f.SoftMinBytes > f.MinBytes || f.SoftMinBytes < 0 {
			fault("profiles: %s: files: want 0 <= soft_min_bytes <= min_bytes < max_bytes, got %d, %d, %d", p.Name, f.SoftMinBytes, f.MinBytes, f.MaxBytes)
		}
		if len(f.Extensions) == 0 {
			fault("profiles: %s: files: extensions are missing", p.Name)
		}
		if a.MinDays == 0 { // a profile that says nothing of it would silently drop the rule
			fault("profiles: %s: age: min_days is missing", p.Name)
		}
		if a.MinDays < 0 || a.NearExpiryDays < 0 || p.RepeatedAfter < 0 || p.HoldAfterDays < 0 || p.UpstreamTimeoutDays < 0 {
			fault("profiles: %s: days and counts must not be negative", p.Name)
		}
		for _, code := range p.Accepted {
			if !slices.ContainsFunc(s.Types, func(t DocumentType) bool { return t.Code == code }) {
				fault("profiles: %s: accepted: %q is no document type", p.Name, code)
			}
		}
	}
	if !slices.ContainsFunc(s.Profiles, func(p Profile) bool { return p.Name == "default" }) {
		fault("profiles: default is missing")
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func (s *Set) validateTexts(fault faultFunc) {
	for _, r := range s.Reasons {
		for name, t := range map[string]Text{"title": r.Title, "explanation": r.Explanation, "remedy": r.Remedy} {
			both(fault, "reasons: "+string(r.Code)+": "+name, t)
		}
	}
	for _, d := range s.Details {
		for name, t := range map[string]Text{"title": d.Title, "explanation": d.Explanation, "remedy": d.Remedy} {
			where := "details: " + string(d.Code) + ": " + name
			both(fault, where, t)
			for _, m := range placeholder.FindAllStringSubmatch(t.ZH+t.EN, -1) {
				if d.Params[m[1]] == "" {
					fault("%s: placeholder {%s} is not among the params", where, m[1])
				}
			}
		}
		for p := range d.Params {
			if d.Example[p] == "" {
				fault("details: %s: example for %s is missing", d.Code, p)
			}
		}
	}
}

func both(fault faultFunc, where string, t Text) {
	if t.ZH == "" || t.EN == "" {
		fault("%s: the text is missing in one language", where)
	}
}
