package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// subjectReview is the outbox subject of attempts.
const subjectReview = "review.attempt"

// Submit writes a submission with its first attempt, its documents, the
// idempotency key (when not empty) and the outbox row in one transaction. For a
// key that was used before it returns the submission of then and true when the
// body was the same, review.ErrKeyReused when not.
func (s *Store) Submit(ctx context.Context, tenant, key string, hash [32]byte, sub review.Submission) (review.Submission, bool, error) {
	if key != "" {
		if got, err := s.replay(ctx, tenant, key, hash); !errors.Is(err, review.ErrNotFound) {
			return got, err == nil, err
		}
	}
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) error { return insertSubmission(ctx, tx, tenant, key, hash, sub) })
	if constraint(err) == "idempotency_keys_pkey" { // somebody was faster with the same key
		got, err := s.replay(ctx, tenant, key, hash)
		return got, err == nil, err
	}
	if constraint(err) == "submissions_external" {
		return review.Submission{}, false, review.ErrExternalIDUsed
	}
	if err != nil {
		return review.Submission{}, false, fmt.Errorf("write submission: %w", err)
	}
	return sub, false, nil
}

func (s *Store) replay(ctx context.Context, tenant, key string, hash [32]byte) (review.Submission, error) {
	var id string
	var stored []byte
	err := s.of(tenant).QueryRow(ctx, `select submission_id::text, body_hash from idempotency_keys where tenant_id = $1 and key = $2`,
		tenant, key).Scan(&id, &stored)
	if err != nil {
		return review.Submission{}, notFound(err)
	}
	if !bytes.Equal(stored, hash[:]) {
		return review.Submission{}, review.ErrKeyReused
	}
	return s.Submission(ctx, tenant, id)
}

func insertSubmission(ctx context.Context, tx pgx.Tx, tenant, key string, hash [32]byte, sub review.Submission) error {
	var batch pgx.Batch
	batch.Queue(`insert into submissions (id, tenant_id, subject_ref, external_id, profile, created_at, hold_at, times_out_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		sub.ID, tenant, sub.SubjectRef, sub.ExternalID, sub.Profile, sub.CreatedAt, orNull(sub.HoldAt), orNull(sub.TimesOutAt))
	if key != "" {
		batch.Queue(`insert into idempotency_keys (tenant_id, key, body_hash, submission_id) values ($1, $2, $3, $4)`,
			tenant, key, hash[:], sub.ID)
	}
	queueAttempt(&batch, tenant, sub.Attempts[0], sub.Deadline())
	return tx.SendBatch(ctx, &batch).Close()
}

// queueAttempt adds an attempt with its documents and its place in the queue.
func queueAttempt(batch *pgx.Batch, tenant string, a review.Attempt, due time.Time) {
	batch.Queue(`insert into attempts (id, tenant_id, submission_id, number, state, declared, number_hash, name_hash, created_at, bulk)
		values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9)`,
		a.ID, tenant, a.SubmissionID, a.Number, a.Declared, digest(a.Declared.Number), digest(a.Declared.Name), a.CreatedAt, a.Bulk)
	for i, d := range a.Documents {
		batch.Queue(`insert into documents (id, tenant_id, attempt_id, position, role, extension, size, sha256, blob_key)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			d.ID, tenant, a.ID, i, d.Role, d.Extension, d.Size, d.SHA256, d.BlobKey)
	}
	batch.Queue(`insert into outbox (tenant_id, subject, ref, due_at, bulk) values ($1, $2, $3, coalesce($4, now() + interval '5 days'), $5)`,
		tenant, subjectReview, a.ID, orNull(due), a.Bulk)
	batch.Queue(`select pg_notify('outbox', '')`)
}

func digest(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
