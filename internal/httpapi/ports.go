package httpapi

import (
	"context"
	"io"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// Store is where submissions are kept.
type Store interface {
	// Submit writes a submission with its first attempt. For an idempotency key
	// that was used before it returns the submission of then and true;
	// review.ErrKeyReused when the body differs.
	Submit(ctx context.Context, tenant, key string, hash [32]byte, s review.Submission) (review.Submission, bool, error)
	// Resubmit writes the next attempt: review.ErrNotFound, review.ErrOpenAttempt.
	Resubmit(ctx context.Context, tenant, submissionID string, a review.Attempt) (review.Attempt, error)
	// Submission reads one with all attempts: review.ErrNotFound.
	Submission(ctx context.Context, tenant, id string) (review.Submission, error)
}

// Batches is where batches are kept.
type Batches interface {
	// CreateBatch writes a batch, or returns the one of the same archive and true.
	CreateBatch(ctx context.Context, b review.Batch) (review.Batch, bool, error)
	Batch(ctx context.Context, tenant, id string) (review.Batch, error)
	// Batches lists the newest first, after a batch when its id is given, in one
	// state when it is not empty.
	Batches(ctx context.Context, tenant string, f review.BatchFilter) ([]review.Batch, error)
	CancelBatch(ctx context.Context, tenant, actor, id string) (withdrawn int, err error)
	// KeepPart returns the blob key of the part that it replaces.
	KeepPart(ctx context.Context, tenant string, p review.ArchivePart) (old string, err error)
	Parts(ctx context.Context, tenant, archive string) ([]review.ArchivePart, error)
	CreateFix(ctx context.Context, actor string, f review.Fix, detail map[string]string) error
	// FixRow answers what Resubmit answers, and review.ErrSuperseded.
	FixRow(ctx context.Context, f review.Fix, row int, corrected string, a review.Attempt, notBefore time.Time) error
	Fix(ctx context.Context, tenant, id string) (review.Fix, error)
	UndoFix(ctx context.Context, tenant, actor, id string) (withdrawn int, err error)
	Audit(ctx context.Context, tenant string, after int64, limit int) ([]review.AuditEntry, error)
	BatchItems(ctx context.Context, tenant, id string, after, limit int) ([]review.BatchItem, error)
}

// Events tells what happened: review.ErrNotFound for a cursor that is none.
type Events interface {
	Events(ctx context.Context, tenant, after string, limit int) ([]review.Event, error)
}

// Blobs keeps uploads.
type Blobs interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error)
	Delete(ctx context.Context, keys ...string) error
}

// Keys knows whose an API key is.
type Keys interface {
	Check(ctx context.Context, text string) (review.APIKey, error)
}

// Upload is one image of a pre-check, held in memory.
type Upload struct {
	Role      review.Role
	Extension string
	Data      []byte
}

// Precheck reviews under each profile without storing anything.
type Precheck func(ctx context.Context, profiles []string, d review.Declared, files []Upload) ([]review.Outcome, error)

// Catalogue is the rule set as the edge needs it; *rules.Set is one.
type Catalogue interface {
	Type(code review.CredentialType) (rules.DocumentType, bool)
	Profile(name string) (rules.Profile, bool)
	Detail(code review.Detail) (rules.DetailEntry, bool)
	Render(f review.Finding, l rules.Lang) rules.Message
	RenderReason(r review.Reason, l rules.Lang) rules.Message
}
