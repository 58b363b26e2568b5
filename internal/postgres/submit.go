package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"realname/internal/gather"
	"realname/internal/review"
)

// subjectReview is the outbox subject of attempts.
const subjectReview = "review.attempt"

// submitting is one call of Submit, submitted its answer.
type submitting struct {
	tenant, key string
	hash        [32]byte
	sub         review.Submission
}

type submitted struct {
	sub      review.Submission
	replayed bool
}

// Submit writes a submission with its first attempt, its documents, the
// idempotency key (when not empty) and the outbox row in one transaction, and
// returns when that is committed. For a key that was used before it returns the
// submission of then and true when the body was the same, review.ErrKeyReused when
// not. Submissions that come at once share a transaction.
func (s *Store) Submit(ctx context.Context, tenant, key string, hash [32]byte, sub review.Submission) (review.Submission, bool, error) {
	got, err := s.submits.Do(ctx, submitting{tenant, key, hash, sub})
	return got.sub, got.replayed, err
}

// submit writes all that may be written. One that may not is answered by itself
// and spoils none of the others.
func (s *Store) submit(ctx context.Context, list []submitting) []gather.Answer[submitted] {
	if len(list) == 1 {
		got, err := s.submitOne(ctx, list[0])
		return []gather.Answer[submitted]{{Value: got, Err: err}}
	}
	err := s.submitTogether(ctx, list)
	if ofOneRow(err) {
		return halves(ctx, list, s.submit)
	}
	if err != nil {
		return gather.All[submitted](len(list), fmt.Errorf("write submissions: %w", err))
	}
	answers := make([]gather.Answer[submitted], len(list))
	for i, l := range list {
		answers[i].Value.sub = l.sub
	}
	return answers
}

func (s *Store) submitOne(ctx context.Context, one submitting) (submitted, error) {
	if one.key != "" {
		if got, err := s.replay(ctx, one.tenant, one.key, one.hash); !errors.Is(err, review.ErrNotFound) {
			return submitted{got, err == nil}, err
		}
	}
	err := s.submitTogether(ctx, []submitting{one})
	switch constraint(err) {
	case "idempotency_keys_pkey": // somebody was faster with the same key
		got, err := s.replay(ctx, one.tenant, one.key, one.hash)
		return submitted{got, err == nil}, err
	case "submissions_external":
		return submitted{}, review.ErrExternalIDUsed
	}
	if err != nil {
		return submitted{}, fmt.Errorf("write submission: %w", err)
	}
	return submitted{sub: one.sub}, nil
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
