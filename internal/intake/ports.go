package intake

import (
	"context"
	"io"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// Store keeps batches and submissions.
type Store interface {
	// ClaimBatch takes the oldest batch to read: review.ErrNotFound when there is none.
	// Of one tenant one large batch and one small one are read at a time; onlySmall
	// leaves the large ones to others.
	ClaimBatch(ctx context.Context, lease time.Duration, onlySmall bool) (review.Batch, error)
	SavedRows(ctx context.Context, id string) (map[int]bool, error)
	// ExtendBatch, SaveItem and FinishBatch answer review.ErrFenced when the batch was taken over.
	ExtendBatch(ctx context.Context, b review.Batch, lease time.Duration) error
	SaveItem(ctx context.Context, b review.Batch, i review.BatchItem, lease time.Duration) error
	FinishBatch(ctx context.Context, b review.Batch) error

	// Lead runs f while no other process runs the duty; false when another does.
	Lead(ctx context.Context, duty string, f func(context.Context) error) (bool, error)
	Parts(ctx context.Context, tenant, archive string) ([]review.ArchivePart, error)
	SpentArchives(ctx context.Context, limit int) ([]review.Batch, error)
	ForgetArchive(ctx context.Context, id string) error
	SpentParts(ctx context.Context, older time.Duration, limit int) ([]review.ArchivePart, error)
	ForgetPart(ctx context.Context, blobKey string) error

	Submit(ctx context.Context, tenant, key string, hash [32]byte, s review.Submission) (review.Submission, bool, error)
	Resubmit(ctx context.Context, tenant, submissionID string, a review.Attempt) (review.Attempt, error)
	Submission(ctx context.Context, tenant, id string) (review.Submission, error)
	SubmissionByExternalID(ctx context.Context, tenant, external string) (review.Submission, error)
}

// Blobs keeps archives and images.
type Blobs interface {
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error)
	Delete(ctx context.Context, keys ...string) error
}

// Catalogue is the rule set as the intake needs it; *rules.Set is one.
type Catalogue interface {
	Type(code review.CredentialType) (rules.DocumentType, bool)
	TypeNamed(word, registrar string) (rules.DocumentType, bool)
	Profile(name string) (rules.Profile, bool)
}
