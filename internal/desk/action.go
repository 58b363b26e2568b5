package desk

import (
	"slices"
	"time"
)

// ActionKind is a deed over many submissions.
type ActionKind string

// The deeds.
const (
	ReviewAgain ActionKind = "review_again" // by the newest rules, as a new attempt
	Resend      ActionKind = "resend"       // the notices of the newest attempt
	Assign      ActionKind = "assign"
	Extend      ActionKind = "extend" // the hold, when the registry has granted it
	Withdraw    ActionKind = "withdraw"
)

// ActionKinds are all deeds, the mildest first.
var ActionKinds = []ActionKind{Assign, Resend, ReviewAgain, Extend, Withdraw}

// Undoable are the deeds that can be undone: notices are read already, and who
// withdraws wants it so.
func (k ActionKind) Undoable() bool { return k == Assign || k == Extend || k == ReviewAgain }

// Known reports whether it is a deed of ours.
func (k ActionKind) Known() bool { return slices.Contains(ActionKinds, k) }

// The bounds of a deed.
const (
	MaxAction  = 100_000         // submissions
	MaxDays    = 30              // of an extension
	UndoGrace  = 2 * time.Minute // before what is to be reviewed again is reviewed
	ActionStep = 200             // submissions of one transaction
)

// Action is one deed and how far it has come.
type Action struct {
	ID         string // UUIDv7
	Kind       ActionKind
	Days       int    // of an extension
	AssigneeID string // empty: nobody any more
	Assignee   string // name
	By         string // name
	State      string // waiting, running, done, undoing, undone
	Total      int
	Done       int
	Skipped    int // what the deed does not fit, such as a review that still runs
	Undone     int
	CreatedAt  time.Time
	FinishedAt time.Time
}

// Open reports whether the deed goes on.
func (a Action) Open() bool {
	return a.State == "waiting" || a.State == "running" || a.State == "undoing"
}

// Moved is how many submissions were dealt with.
func (a Action) Moved() int { return a.Done + a.Skipped }
