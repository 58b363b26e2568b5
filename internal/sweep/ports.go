package sweep

import (
	"context"
	"time"
)

// Ring is one row of the outbox: somebody is to be told about one thing.
type Ring struct {
	ID      int64
	Subject string
	Ref     string // id of an attempt or a delivery, nothing else
	Tenant  string
	Bulk    bool // it came in a batch
	DueAt   time.Time
	Express bool `db:"-"` // it goes to a place that is kept for what came alone
}

// Store is what the duties need of the database.
type Store interface {
	// Lead runs f while no other process runs the duty; it returns false at once
	// when another does.
	Lead(ctx context.Context, duty string, f func(context.Context) error) (bool, error)
	// Outbox returns what is due beside attempts, the oldest first.
	Outbox(ctx context.Context, limit int) ([]Ring, error)
	// Candidates returns attempts that are to be reviewed, by their deadlines: all that
	// are due within the given time and, beside them, each tenant's, those that
	// came alone and those of batches; at most limit of each kind.
	Candidates(ctx context.Context, urgentWithin time.Duration, limit int) ([]Ring, error)
	// Backlog counts what waits.
	Backlog(ctx context.Context) (Backlog, error)
	// Told deletes rows that NATS has acknowledged.
	Told(ctx context.Context, ids []int64) error
	// Rescue takes attempts with expired leases back into the queue, or parks
	// those that crashed a worker too often.
	Rescue(ctx context.Context, maxCrashes int) (int, error)
	// RingLate puts queued attempts that nobody took for the given time into the
	// outbox again.
	RingLate(ctx context.Context, after time.Duration) (int, error)
	// DeadlinesNear tells of submissions whose deadline comes within the given time
	// while the registrant has something to mend.
	DeadlinesNear(ctx context.Context, within time.Duration) (int, error)
	// Digests gathers held deliveries whose digest is due, and lets go those that
	// belong to none.
	Digests(ctx context.Context, now time.Time) (int, error)
	// DropPictures deletes pictures for mails that are older than that.
	DropPictures(ctx context.Context, older time.Duration) (int, error)
	// Eligible puts deferred attempts whose instant has come into the queue.
	Eligible(ctx context.Context, now time.Time) (int, error)
	// AskAgain puts attempts whose authority is to be asked again into its lane's queue.
	AskAgain(ctx context.Context, now time.Time) (int, error)
	// FinishBatches marks batches of which nothing is queued or in review any more.
	FinishBatches(ctx context.Context) (int, error)
	// Changes signals on the channel whenever the outbox may have grown, until
	// ctx ends. It survives lost connections.
	Changes(ctx context.Context) <-chan struct{}
}

// Publisher tells NATS. The list holds an error for each ring that was not
// acknowledged.
type Publisher interface {
	Publish(ctx context.Context, rings []Ring) []error
	// Waiting tells what NATS holds for the workers.
	Waiting(ctx context.Context) (Waiting, error)
	// WaitingExpress tells the same of the places that are kept for what came alone.
	WaitingExpress(ctx context.Context) (Waiting, error)
}
