package check

import (
	"fmt"
	"time"

	asking "realname/internal/authority"
	"realname/internal/review"
	"realname/internal/rules"
)

// Rules runs the checks of one rule set; it is what the pipeline asks.
type Rules struct{ Set *rules.Set }

// Run returns the findings of a stage under a profile by name. A profile that
// is gone from the rule set falls back to the default one.
func (r Rules) Run(stage review.StageName, profile string, facts review.Facts) []review.Finding {
	return Run(stage, facts, r.Set, r.profile(profile))
}

// Decide turns findings into an outcome.
func (r Rules) Decide(findings []review.Finding) review.Outcome { return r.Set.Decide(findings) }

// Review runs every stage and decides.
func (r Rules) Review(profile string, facts review.Facts) review.Outcome {
	return r.Decide(All(facts, r.Set, r.profile(profile)))
}

// ReviewUnder reviews the same facts under several profiles, in their order.
func (r Rules) ReviewUnder(profiles []string, facts review.Facts) []review.Outcome {
	list := make([]review.Outcome, len(profiles))
	for i, p := range profiles {
		list[i] = r.Review(p, facts)
	}
	return list
}

// Terms are how long a profile waits for the issuing body of a document type.
func (r Rules) Terms(profile string, code review.CredentialType) asking.Terms {
	p := r.profile(profile)
	mode := p.Authority.Mode(code)
	return asking.Terms{
		Ask: mode == rules.AuthorityAdvisory || mode == rules.AuthorityRequired, Wait: mode == rules.AuthorityRequired,
		Leave: time.Duration(p.Authority.LeaveHours) * time.Hour, Timeout: time.Duration(p.UpstreamTimeoutDays) * 24 * time.Hour,
		NewDays: p.Authority.NewDays, Again: time.Duration(p.Authority.AgainHours) * time.Hour,
	}
}

func (r Rules) profile(name string) rules.Profile {
	p, ok := r.Set.Profile(name)
	if !ok {
		p, ok = r.Set.Profile("default")
	}
	if !ok {
		panic(fmt.Sprintf("rule set %s has no default profile", r.Set.Version)) // loading refuses such a set
	}
	return p
}
