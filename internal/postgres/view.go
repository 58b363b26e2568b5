package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

type submissionRow struct {
	ID         string
	TenantID   string
	SubjectRef string
	ExternalID string
	Profile    string
	CreatedAt  time.Time
	HoldAt     *time.Time
	TimesOutAt *time.Time
	ErasedAt   *time.Time
}

type attemptRow struct {
	ID          string
	Number      int
	State       review.State
	Declared    review.Declared
	CreatedAt   time.Time
	EligibleAt  *time.Time
	DecidedAt   *time.Time
	ParkedCause string
	Outcome     *review.Outcome
	Verdict     *review.Ruling
	Reasons     []review.Reason
	ReviewedAt  *time.Time
}

type documentRow struct {
	AttemptID string
	ID        string
	Role      review.Role
	Extension string
	Size      int64
	SHA256    string `db:"sha256"`
	BlobKey   string
}

// Submission returns a tenant's submission with all attempts, their documents
// and outcomes. Another tenant's is review.ErrNotFound, like a missing one.
func (s *Store) Submission(ctx context.Context, tenant, id string) (review.Submission, error) {
	return submission(ctx, s.of(tenant), tenant, id)
}

// batcher is a scope or a transaction in one.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

func submission(ctx context.Context, on batcher, tenant, id string) (review.Submission, error) {
	var batch pgx.Batch
	batch.Queue(`select id::text, tenant_id, subject_ref, external_id, profile, created_at, hold_at, times_out_at, erased_at
		from submissions where id = $1 and tenant_id = $2`, id, tenant)
	batch.Queue(`select a.id::text, a.number, a.state, a.declared, a.created_at, a.eligible_at,
			coalesce(a.decided_at, o.decided_at) as decided_at, a.parked_cause, coalesce(o.outcome, a.deferral) as outcome,
			d.verdict, d.reasons, d.decided_at as reviewed_at
		from attempts a left join outcomes o on o.attempt_id = a.id left join decisions d on d.attempt_id = a.id and d.final
		where a.submission_id = $1 and a.tenant_id = $2 order by a.number`, id, tenant)
	batch.Queue(`select d.attempt_id::text, d.id::text, d.role, d.extension, d.size, d.sha256, d.blob_key
		from documents d join attempts a on a.id = d.attempt_id
		where a.submission_id = $1 and a.tenant_id = $2 order by d.position`, id, tenant)
	results := on.SendBatch(ctx, &batch)
	sub, err := scanSubmission(results)
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return review.Submission{}, fmt.Errorf("read submission: %w", notFound(err))
	}
	return sub, nil
}

func scanSubmission(results pgx.BatchResults) (review.Submission, error) {
	rows, _ := results.Query() // the error comes with the collection
	head, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[submissionRow])
	if err != nil {
		return review.Submission{}, err
	}
	rows, _ = results.Query()
	attempts, err := pgx.CollectRows(rows, pgx.RowToStructByName[attemptRow])
	if err != nil {
		return review.Submission{}, err
	}
	rows, _ = results.Query()
	documents, err := pgx.CollectRows(rows, pgx.RowToStructByName[documentRow])
	if err != nil {
		return review.Submission{}, err
	}
	sub := head.submission()
	for _, a := range attempts {
		sub.Attempts = append(sub.Attempts, a.attempt(head.ID, documents))
	}
	return sub, nil
}

func (r submissionRow) submission() review.Submission {
	return review.Submission{
		ID: r.ID, Tenant: r.TenantID, SubjectRef: r.SubjectRef, ExternalID: r.ExternalID,
		Profile: r.Profile, CreatedAt: r.CreatedAt, HoldAt: orZero(r.HoldAt), TimesOutAt: orZero(r.TimesOutAt), ErasedAt: orZero(r.ErasedAt),
	}
}

func (r attemptRow) attempt(submission string, documents []documentRow) review.Attempt {
	a := review.Attempt{
		ID: r.ID, SubmissionID: submission, Number: r.Number, State: r.State, Declared: r.Declared,
		CreatedAt: r.CreatedAt, DecidedAt: orZero(r.DecidedAt), EligibleAt: orZero(r.EligibleAt),
		Outcome: r.Outcome, ParkedCause: r.ParkedCause, Documents: []review.Document{},
	}
	if r.Verdict != nil {
		a.Decision = &review.Decision{Verdict: *r.Verdict, Reasons: r.Reasons, At: orZero(r.ReviewedAt)}
	}
	for _, d := range documents {
		if d.AttemptID == r.ID {
			a.Documents = append(a.Documents, d.document())
		}
	}
	return a
}

func (r documentRow) document() review.Document {
	return review.Document{ID: r.ID, Role: r.Role, Extension: r.Extension, Size: r.Size, SHA256: r.SHA256, BlobKey: r.BlobKey}
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
