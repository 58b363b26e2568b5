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
	BlobKey   string // empty: the archive is stored in parts
	Faults    []RowFault
	Epoch     int64 // fences every later write
	CreatedAt time.Time
	ReadAt    time.Time
	// FinishedAt is when nothing of it was queued or in review any more.
	FinishedAt time.Time
	Counts     BatchCounts
}

// SmallBatch is up to which size in bytes a batch counts as small: some hundred rows,
// which are read within a minute.
const SmallBatch = 64 << 20

// ArchivePart is one piece of an archive that is sent in pieces.
type ArchivePart struct {
	Archive string // SHA-256 of the whole, hex
	Number  int    // from 0, without gaps in a whole archive
	Size    int64  // bytes
	SHA256  string // of this part, hex
	BlobKey string
}

// BatchFilterStates are what a list of batches can be narrowed to. A batch that
// was read is reviewing until it is finished.
var BatchFilterStates = []string{"received", "reading", "reviewing", "finished", "refused", "cancelled"}

// BatchFilter narrows a list of batches.
type BatchFilter struct {
	State string // one of BatchFilterStates; empty for all
	After string // id of the last batch of the page before
	Limit int
}

// BatchCounts counts the rows of a batch. Rows = Faulty + Open + Waiting +
// Approved + Rejected + Manual + Withdrawn at every moment.
type BatchCounts struct {
	Rows      int            `json:"rows"`
	Faulty    int            `json:"faulty"`  // could not be taken
	Open      int            `json:"open"`    // queued, running or parked
	Waiting   int            `json:"waiting"` // deferred; what waits for an issuing body is open
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
