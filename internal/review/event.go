package review

import "time"

// Event is one change of a submission's attempt or of a batch. It carries ids
// only; what they are now is asked for.
type Event struct {
	Cursor       string    `json:"cursor"` // where to go on after this event
	Kind         string    `json:"kind"`   // attempt.received, attempt.decided, batch.read, ...
	SubmissionID string    `json:"submission_id,omitempty"`
	AttemptID    string    `json:"attempt_id,omitempty"`
	BatchID      string    `json:"batch_id,omitempty"`
	At           time.Time `json:"at"`
}
