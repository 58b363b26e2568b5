package review

// Lane is the queue that an attempt is taken from. One that waits for the outside
// world has its own, so that it holds nobody up who needs none of it.
type Lane string

// The lanes.
const (
	LaneReview    Lane = "review"    // its documents are looked at and judged
	LaneAuthority Lane = "authority" // only the issuing body's word is missing
)
