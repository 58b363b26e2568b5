package rules

import (
	"realname/internal/review"
)

// AuthorityMode says what the issuing body's word does to an outcome.
type AuthorityMode string

// The modes.
const (
	AuthorityOff      AuthorityMode = "off"      // it is not asked
	AuthorityAdvisory AuthorityMode = "advisory" // its word is told and decides nothing
	AuthorityRequired AuthorityMode = "required" // nobody is approved without it
)

// AuthorityRules say for which documents of a profile the issuing body is asked.
type AuthorityRules struct {
	Default AuthorityMode                           `yaml:"default"`
	Types   map[review.CredentialType]AuthorityMode `yaml:"types"` // where a type differs from the default
	// LeaveHours are kept before the deadline for a person, should no answer come.
	LeaveHours int `yaml:"leave_hours"`
	// NewDays is how long after its issue a document may be missing from the
	// register without a person having to look; it is asked for again every AgainHours.
	NewDays    int `yaml:"new_days"`
	AgainHours int `yaml:"again_hours"`
}

// Mode is that of a document type.
func (a AuthorityRules) Mode(code review.CredentialType) AuthorityMode {
	if m, ok := a.Types[code]; ok {
		return m
	}
	return a.Default
}

var authorityModes = []AuthorityMode{AuthorityOff, AuthorityAdvisory, AuthorityRequired}

func (r *reading) validateAuthority(path string, a AuthorityRules) {
	oneOf(r, path+".default", authorityModes, a.Default)
	known := map[review.CredentialType]bool{}
	for _, code := range r.set.typeCodes() {
		known[code] = true
	}
	for _, code := range sortedKeys(a.Types) {
		oneOf(r, path+".types."+string(code), authorityModes, a.Types[code])
		if !known[code] {
			r.fault(path+".types."+string(code), "there is no document type of this code")
		}
	}
	for _, x := range []struct {
		key    string
		n, low int
	}{{".leave_hours", a.LeaveHours, 0}, {".new_days", a.NewDays, 0}, {".again_hours", a.AgainHours, 1}} {
		if x.n < x.low || x.n > maxDays {
			r.fault(path+x.key, "%d is not between %d and %d", x.n, x.low, maxDays)
		}
	}
}
