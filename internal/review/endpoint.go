package review

import "time"

// EndpointKind is a channel of delivery.
type EndpointKind string

// The channels.
const (
	Webhook  EndpointKind = "webhook"
	Email    EndpointKind = "email" // to the registrant's declared address, unless a target is named
	WeCom    EndpointKind = "wecom" // group robots, for operations
	DingTalk EndpointKind = "dingtalk"
	Feishu   EndpointKind = "feishu"
)

// Robot reports whether the channel is a chat group's robot.
func (k EndpointKind) Robot() bool { return k == WeCom || k == DingTalk || k == Feishu }

// The events that an endpoint can be told.
const (
	EventDecided      = "attempt.decided"
	EventDeferred     = "attempt.deferred"
	EventEligible     = "attempt.eligible_again"
	EventManual       = "attempt.manual_review_asked"
	EventReviewed     = "attempt.reviewed" // by a person
	EventDeadlineNear = "submission.deadline_near"
	EventBatch        = "batch.finished"
	EventDisabled     = "endpoint.disabled"
	EventDay          = "digest.day"    // by the endpoint's digest setting only
	EventTest         = "endpoint.test" // on request only
)

// EventKinds are those that an endpoint may choose from.
var EventKinds = []string{EventDecided, EventDeferred, EventEligible, EventManual, EventReviewed, EventDeadlineNear, EventBatch, EventDisabled}

// Digest gathers the messages about single attempts into one.
type Digest string

// The digests. What is urgent, such as a near deadline, is never gathered.
const (
	NoDigest    Digest = ""
	BatchDigest Digest = "batch" // told with the end of its batch
	DayDigest   Digest = "day"   // told once a day
)

// Why an endpoint is disabled.
const (
	DisabledByOwner = "owner"
	DisabledGone    = "gone"    // the receiver answered 410
	DisabledFailing = "failing" // nothing arrived for days
	DisabledOptOut  = "unsubscribed"
)

// Endpoint is where a tenant wants to be told.
type Endpoint struct {
	ID       string
	Tenant   string
	Kind     EndpointKind
	Name     string   // for people
	Target   string   // URL, which may hold a secret; address of an email endpoint, empty for the registrant's
	Events   []string // empty: all that the kind can be told
	Digest   Digest
	Language string // of its texts; empty: the registrant's
	Link     string // where a registrant resubmits; {submission_id}, {subject_ref} and {external_id} are filled in
	AtOnce   int    // how many messages it takes at the same time
	// Secret signs; OldSecret signs beside it until OldSecretUntil.
	Secret         string
	OldSecret      string
	OldSecretUntil time.Time

	Enabled       bool
	DisabledAt    time.Time
	DisabledCause string
	FailingSince  time.Time // the first failure since the last arrival
	CreatedAt     time.Time
}

// Secrets are those that sign at an instant, the newest first.
func (e Endpoint) Secrets(now time.Time) []string {
	if e.OldSecret != "" && now.Before(e.OldSecretUntil) {
		return []string{e.Secret, e.OldSecret}
	}
	return []string{e.Secret}
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryDue       DeliveryState = "due"
	DeliveryHeld      DeliveryState = "held"     // until its digest
	DeliveryDigested  DeliveryState = "digested" // told by its digest
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryExhausted DeliveryState = "exhausted" // given up; can be replayed
)

// Delivery is one message to one endpoint about one event, until it arrived or
// was given up visibly.
type Delivery struct {
	ID           string // the stable id that lets receivers drop repeats
	Tenant       string
	Endpoint     Endpoint
	Event        string // one of the events above
	SubmissionID string // these three are empty when the event is about something else
	AttemptID    string
	BatchID      string
	AboutID      string // the endpoint that was disabled
	State        DeliveryState
	Tries        int
	Lost         int   // of them, those of which no end is known
	Epoch        int64 // fences every later write
	Seq          int64 // in the order of events
	CreatedAt    time.Time
	NextAt       time.Time // when it is tried next
	FinishedAt   time.Time
	BouncedAt    time.Time
	Bounce       string // the status that came back, such as 5.1.1
}

// DeliveryTry is one attempt at delivering.
type DeliveryTry struct {
	Number int
	At     time.Time
	Took   time.Duration
	Status int    // HTTP or SMTP status, 0 when there was none
	Answer string // the first kilobyte, for the endpoint's owner
	Error  string // why it failed, empty when it arrived; never identity data
}

// DeliveryFilter selects a tenant's deliveries; empty fields select all.
type DeliveryFilter struct {
	EndpointID   string
	State        DeliveryState
	Event        string
	SubmissionID string
	Since, Until time.Time // of the event
	After        int64     // seq of the last one seen; newest first
	Limit        int
}
