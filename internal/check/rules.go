package check

import (
	"fmt"

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
