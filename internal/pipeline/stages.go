package pipeline

import (
	"time"

	"realname/internal/review"
	"realname/internal/telemetry"
)

// Stages is the order in which an attempt's checks run. All of them run over
// the same facts in one delivery; none stops the others, so that a registrant
// learns everything at once. Only what the issuing body must be asked for has a
// lane of its own (Ask).
var Stages = []review.StageName{
	review.StageFormat,
	review.StageClarity,
	review.StageConsistency,
	review.StageAge,
	review.StageAuthority,
}

// Judge runs every stage over the facts and decides.
func Judge(c Checks, profile string, facts review.Facts) review.Outcome {
	return judge(Stages, c, profile, facts)
}

func (p *Pipeline) stages() []review.StageName {
	if p.Stages == nil {
		return Stages
	}
	return p.Stages
}

func judge(stages []review.StageName, c Checks, profile string, facts review.Facts) review.Outcome {
	var findings []review.Finding
	for _, stage := range stages {
		start := time.Now()
		findings = append(findings, c.Run(stage, profile, facts)...)
		telemetry.Stage(string(stage), start)
	}
	return c.Decide(findings)
}
