package desk

import (
	"time"

	"realname/internal/review"
)

// LaneName names a queue that work goes through.
type LaneName string

// The lanes, in the order in which a submission meets them.
const (
	LaneSingle    LaneName = "single" // uploads that came by themselves
	LaneBatch     LaneName = "batch"
	LaneAuthority LaneName = "authority" // waiting for the issuing body's word
	LaneManual    LaneName = "manual"    // waiting for a person's decision
	LaneNotices   LaneName = "notices"
)

// LaneNames are all lanes.
var LaneNames = []LaneName{LaneSingle, LaneBatch, LaneAuthority, LaneManual, LaneNotices}

// Lane is what waits in a lane and how long.
type Lane struct {
	Name    LaneName
	Waiting int           // due, and in nobody's hands; at most HealthCounted are looked at
	Running int           // in somebody's hands
	Retried int           // of both, those that an error of ours or a crash gave back
	Oldest  time.Duration // for how long the oldest that waits has been due
}

// HealthCounted bounds what is looked at to tell how a lane is: the longest waiting.
const HealthCounted = 3000

// patience is how long something may be due before its lane is slow: of uploads, as
// long as the alerts of deploy/observe say.
var patience = map[LaneName]time.Duration{LaneSingle: 2 * time.Minute, LaneBatch: 4 * time.Hour, LaneAuthority: time.Hour, LaneManual: 24 * time.Hour, LaneNotices: 10 * time.Minute}

// Many reports whether more waits than is looked at.
func (l Lane) Many() bool { return l.Waiting+l.Running >= HealthCounted }

// Slow reports whether something has been due for too long.
func (l Lane) Slow() bool { return l.Oldest > patience[l.Name] }

// EndpointHealth is an endpoint and what is due to it.
type EndpointHealth struct {
	review.Endpoint
	Due    int
	Oldest time.Duration
}

// Failing reports whether it is to be told and cannot be.
func (e EndpointHealth) Failing() bool { return e.Enabled && !e.FailingSince.IsZero() }

// Pace is how much was decided lately.
type Pace struct{ Hour, Day int }
