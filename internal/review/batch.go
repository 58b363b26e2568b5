package review

import "time"

// BatchState is how far the reading of a batch has come. What became of its
// items is in its counts.
type BatchState string

// The states of a batch.
const (
	BatchReceived  BatchState = "received"
	BatchReading   BatchState = "reading"
	BatchRead      BatchState = "read"
	BatchRefused   BatchState = "refused" // the archive or its manifest as a whole is at fault
	BatchCancelled BatchState = "cancelled"
)

// Batch is many submissions sent as one file.
type Batch struct {
	ID        string // UUIDv7
	Tenant    string
	Profile   string
	State     BatchState
	SHA256    string // hex, of the archive
	Size      int64  // bytes
	BlobKey   string
	Faults    []RowFault
	Epoch     int64 // fences every later write
	CreatedAt time.Time
	ReadAt    time.Time
	Counts    BatchCounts
}

// BatchCounts counts the rows of a batch. Rows = Faulty + Open + Waiting +
// Approved + Rejected + Manual + Withdrawn at every moment.
type BatchCounts struct {
	Rows      int            `json:"rows"`
	Faulty    int            `json:"faulty"`  // could not be taken
	Open      int            `json:"open"`    // queued, running or parked
	Waiting   int            `json:"waiting"` // deferred
	Approved  int            `json:"approved"`
	Rejected  int            `json:"rejected"`
	Manual    int            `json:"manual_review"`
	Withdrawn int            `json:"withdrawn"`
	Reasons   map[Reason]int `json:"reasons"` // primary reasons of what was rejected
}

// RowFault is why a row, a file or an archive could not be taken. It never
// repeats a name or a number.
type RowFault struct {
	Row    int    `json:"row,omitempty"`    // as a spreadsheet counts; 0 for the archive
	Column string `json:"column,omitempty"` // our name of the column
	Code   string `json:"code"`
	ZH     string `json:"zh"`
	EN     string `json:"en"`
}

// BatchItem is one row of a batch and what became of it.
type BatchItem struct {
	Row          int
	ExternalID   string
	Reseller     string
	SubmissionID string
	AttemptID    string
	Faults       []RowFault
	Cells        map[string]string // of a faulty row
	SubjectRef   string
	State        State
	Declared     Declared
	Outcome      *Outcome
	Deadline     time.Time
}
