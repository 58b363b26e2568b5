package review

// State is where an attempt stands.
type State string

// The attempt states and the ways between them:
//
//	queued  → running → decided
//	running → queued    the lease expired or the attempt met an error of ours
//	running → parked    it killed or hung a worker too often; a person looks
//	running → waiting   deferred until eligible_at, or waiting for an authority
//	running → queued    handed to the authority's lane, with what was read
//	waiting → queued    the instant came
//	any open → withdrawn  by the tenant
const (
	Queued    State = "queued"
	Running   State = "running"
	Waiting   State = "waiting"
	Parked    State = "parked"
	Decided   State = "decided"
	Withdrawn State = "withdrawn"
)

// Open reports whether the attempt can still get an outcome.
func (s State) Open() bool { return s != Decided && s != Withdrawn }

// Moving reports whether an outcome is near: the attempt is queued or in review.
func (s State) Moving() bool { return s == Queued || s == Running }
