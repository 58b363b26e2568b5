package review

import "time"

// Fix is one proposed correction applied to many rows of a batch at once.
type Fix struct {
	ID        string
	Tenant    string
	BatchID   string
	Detail    Detail // what it cures
	Reseller  string // whose rows; empty for rows of no reseller
	CreatedAt time.Time
	UndoneAt  time.Time
	Items     []FixItem
}

// FixItem is one row that was resubmitted with the correction.
type FixItem struct {
	Row       int
	AttemptID string
	State     State // of that attempt
}
