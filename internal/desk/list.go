package desk

import (
	"slices"
	"time"

	"realname/internal/review"
)

// Standing is where a submission stands, with the decision of a person on top.
type Standing string

// The standings.
const (
	InReview  Standing = "in_review" // queued or being reviewed
	Waiting   Standing = "waiting"   // deferred, passes by itself
	Parked    Standing = "parked"    // could not be reviewed; a person looks
	Manual    Standing = "manual_review"
	Approved  Standing = "approved"
	Rejected  Standing = "rejected"
	Asked     Standing = "asked" // a person asked the registrant for more
	Withdrawn Standing = "withdrawn"
)

// Standings are all, in the order of a submission's life.
var Standings = []Standing{InReview, Waiting, Parked, Manual, Rejected, Asked, Approved, Withdrawn}

// Filter says which submissions are looked for. Its zero value is all, the newest
// first.
type Filter struct {
	Standing Standing
	Reason   review.Reason
	// Text begins the subject, or is a whole external id or submission id.
	Text string
	// Number is a whole credential number. It is identity data: it comes by POST and
	// never stands in an address.
	Number string
	// Mine narrows to what is assigned to a person: their id.
	Mine string
	// Due sorts by deadline, and leaves out what has none to meet.
	Due bool
	// Within narrows to deadlines before now plus this; it implies Due.
	Within time.Duration
	After  string // cursor of the page before
	Limit  int
}

// Known drops what is none of our words, so that an address that somebody wrote
// by hand shows a list rather than an error.
func (f Filter) Known(reasons []review.Reason) Filter {
	if !slices.Contains(Standings, f.Standing) {
		f.Standing = ""
	}
	if !slices.Contains(reasons, f.Reason) {
		f.Reason = ""
	}
	return f
}

// The bounds of saved filters: how many a person keeps at a tenant, and how long one is.
const (
	MaxFilters     = 30
	MaxFilterQuery = 1000
)

// SavedFilter is a filter that people come back to, in the words of an address.
type SavedFilter struct {
	ID     string // UUIDv7
	Name   string
	Query  string
	Shared bool // for everybody of the tenant
	Mine   bool // of who asks
	By     string
}

// Row is one submission in a list.
type Row struct {
	ID         string
	AttemptID  string
	Attempts   int
	SubjectRef string
	ExternalID string
	Standing   Standing
	Reason     review.Reason
	Deadline   time.Time
	ChangedAt  time.Time
	Assignee   string // name; empty for nobody
}

// Page is a part of a list.
type Page struct {
	Rows []Row
	Next string // cursor; empty at the end
}

// Delivery is one message about a submission, as the console shows it.
type Delivery struct {
	ID         string
	Kind       review.EndpointKind
	Event      string
	State      string // due, delivered, exhausted
	Tries      int
	CreatedAt  time.Time
	FinishedAt time.Time
	LastError  string // of the last try; never identity data
}

// CountedTo is where the counting of a stock ends: beyond it, nobody reads the
// figure, and counting would cost as much as the stock is long.
const CountedTo = 9999
