package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// submitTogether writes submissions in one transaction, each tenant's as that
// tenant: row-level security holds for every row as if it had come alone.
func (s *Store) submitTogether(ctx context.Context, list []submitting) error {
	of := map[string]*rowsOf{}
	var order []string
	for _, l := range list {
		if of[l.tenant] == nil {
			of[l.tenant], order = &rowsOf{}, append(order, l.tenant)
		}
		if err := of[l.tenant].add(l); err != nil {
			return err
		}
	}
	var batch pgx.Batch
	for _, tenant := range order {
		s.of(tenant).enter(&batch)
		of[tenant].queue(&batch, tenant)
	}
	batch.Queue(`select pg_notify('outbox', '')`)
	return s.send(ctx, &batch)
}

// rowsOf are submissions of one tenant, turned on their side for unnest.
type rowsOf struct {
	ids, subjects, externals, profiles []string
	created                            []time.Time
	holds, timeouts, dues              []*time.Time

	keys, keyed []string // idempotency keys and their submissions
	hashes      [][]byte

	attempts, submissions  []string
	numbers                []int32
	declared               [][]byte
	numberHashes, nameHash [][]byte
	attempted              []time.Time
	bulk                   []bool

	documents, ofAttempt, roles, extensions, digests, blobs []string
	positions                                               []int32
	sizes                                                   []int64
}

func (r *rowsOf) add(l submitting) error {
	s := l.sub
	r.ids, r.subjects, r.externals, r.profiles = append(r.ids, s.ID), append(r.subjects, s.SubjectRef), append(r.externals, s.ExternalID), append(r.profiles, s.Profile)
	r.created, r.holds, r.timeouts = append(r.created, s.CreatedAt), append(r.holds, orNull(s.HoldAt)), append(r.timeouts, orNull(s.TimesOutAt))
	if l.key != "" {
		r.keys, r.keyed, r.hashes = append(r.keys, l.key), append(r.keyed, s.ID), append(r.hashes, l.hash[:])
	}
	return r.addAttempt(s.Attempts[0], s.Deadline())
}

func (r *rowsOf) addAttempt(a review.Attempt, due time.Time) error {
	declared, err := json.Marshal(a.Declared)
	if err != nil {
		return fmt.Errorf("encode declared: %w", err)
	}
	r.attempts, r.submissions, r.numbers = append(r.attempts, a.ID), append(r.submissions, a.SubmissionID), append(r.numbers, int32(a.Number))
	r.declared, r.numberHashes, r.nameHash = append(r.declared, declared), append(r.numberHashes, digest(a.Declared.Number)), append(r.nameHash, digest(a.Declared.Name))
	r.attempted, r.bulk, r.dues = append(r.attempted, a.CreatedAt), append(r.bulk, a.Bulk), append(r.dues, orNull(due))
	for i, d := range a.Documents {
		r.documents, r.ofAttempt, r.positions = append(r.documents, d.ID), append(r.ofAttempt, a.ID), append(r.positions, int32(i))
		r.roles, r.extensions, r.sizes = append(r.roles, string(d.Role)), append(r.extensions, d.Extension), append(r.sizes, d.Size)
		r.digests, r.blobs = append(r.digests, d.SHA256), append(r.blobs, d.BlobKey)
	}
	return nil
}

func (r *rowsOf) queue(batch *pgx.Batch, tenant string) {
	if len(r.ids) > 0 {
		batch.Queue(`insert into submissions (tenant_id, id, subject_ref, external_id, profile, created_at, hold_at, times_out_at)
			select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])`,
			tenant, r.ids, r.subjects, r.externals, r.profiles, r.created, r.holds, r.timeouts)
	}
	if len(r.keys) > 0 {
		batch.Queue(`insert into idempotency_keys (tenant_id, key, body_hash, submission_id) select $1, * from unnest($2::text[], $3::bytea[], $4::uuid[])`,
			tenant, r.keys, r.hashes, r.keyed)
	}
	batch.Queue(`insert into attempts (tenant_id, state, id, submission_id, number, declared, number_hash, name_hash, created_at, bulk)
		select $1, 'queued', * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::jsonb[], $6::bytea[], $7::bytea[], $8::timestamptz[], $9::boolean[])`,
		tenant, r.attempts, r.submissions, r.numbers, r.declared, r.numberHashes, r.nameHash, r.attempted, r.bulk)
	if len(r.documents) > 0 {
		batch.Queue(`insert into documents (tenant_id, id, attempt_id, position, role, extension, size, sha256, blob_key)
			select $1, * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])`,
			tenant, r.documents, r.ofAttempt, r.positions, r.roles, r.extensions, r.sizes, r.digests, r.blobs)
	}
	batch.Queue(`insert into outbox (tenant_id, subject, ref, due_at, bulk)
		select $1, '`+subjectReview+`', u.ref, coalesce(u.due, now() + interval '5 days'), u.bulk from unnest($2::uuid[], $3::timestamptz[], $4::boolean[]) as u(ref, due, bulk)`,
		tenant, r.attempts, r.dues, r.bulk)
}
