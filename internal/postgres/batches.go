package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

const batchColumns = `id::text, tenant_id, profile, state, sha256, size, blob_key, faults, epoch, created_at, read_at, finished_at`

func scanBatch(row pgx.Row) (b review.Batch, err error) {
	var readAt, finishedAt *time.Time
	err = row.Scan(&b.ID, &b.Tenant, &b.Profile, &b.State, &b.SHA256, &b.Size, &b.BlobKey, &b.Faults, &b.Epoch, &b.CreatedAt, &readAt, &finishedAt)
	b.ReadAt, b.FinishedAt = orZero(readAt), orZero(finishedAt)
	return b, notFound(err)
}

// CreateBatch writes a batch that was received. When the tenant has sent the same
// archive before it returns that batch, and true.
func (s *Store) CreateBatch(ctx context.Context, b review.Batch) (review.Batch, bool, error) {
	tag, err := s.of(b.Tenant).Exec(ctx, `insert into batches (id, tenant_id, profile, sha256, size, blob_key, created_at)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, sha256) where state <> 'cancelled' do nothing`,
		b.ID, b.Tenant, b.Profile, b.SHA256, b.Size, b.BlobKey, b.CreatedAt)
	if err != nil {
		return b, false, fmt.Errorf("write batch: %w", err)
	}
	got, err := scanBatch(s.of(b.Tenant).QueryRow(ctx, `select `+batchColumns+` from batches
		where tenant_id = $1 and sha256 = $2 and state <> 'cancelled'`, b.Tenant, b.SHA256))
	if err != nil {
		return b, false, fmt.Errorf("read batch: %w", err)
	}
	return got, tag.RowsAffected() == 0, nil
}

// ClaimBatch takes the oldest batch that is to be read, or whose reader fell
// silent: see intake.Store.
func (s *Store) ClaimBatch(ctx context.Context, lease time.Duration, onlySmall bool) (review.Batch, error) {
	return scanBatch(s.intake().QueryRow(ctx, `
		update batches set state = 'reading', epoch = epoch + 1, lease_until = now() + $1
		where id = (select id from batches b
			where (state = 'received' or state = 'reading' and lease_until < now()) and (not $2 or size <= $3)
				and not exists (select from batches o where o.state = 'reading' and o.lease_until >= now()
					and o.tenant_id = b.tenant_id and (o.size <= $3) = (b.size <= $3))
			order by created_at limit 1 for update skip locked)
		returning `+batchColumns, lease, onlySmall, review.SmallBatch))
}

// ExpireBatch ends the lease of a batch's reader, so that another one goes on.
func (s *Store) ExpireBatch(ctx context.Context, id string) error {
	if _, err := s.intake().Exec(ctx, `update batches set lease_until = '-infinity' where id = $1 and state = 'reading'`, id); err != nil {
		return fmt.Errorf("expire batch: %w", err)
	}
	return nil
}

// ExtendBatch makes the lease of a batch's reader last from now: review.ErrFenced
// when another reader has it.
func (s *Store) ExtendBatch(ctx context.Context, b review.Batch, lease time.Duration) error {
	return fenced(ctx, s.of(b.Tenant), "extend batch", `update batches set lease_until = now() + $3 where id = $1 and epoch = $2 and state = 'reading'`, b.ID, b.Epoch, lease)
}

// SaveItem writes what became of a row and extends the lease: review.ErrFenced
// when another reader has the batch. A row that was saved before stays as it is.
func (s *Store) SaveItem(ctx context.Context, b review.Batch, i review.BatchItem, lease time.Duration) error {
	return s.of(b.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update batches set lease_until = now() + $3 where id = $1 and epoch = $2 and state = 'reading'`, b.ID, b.Epoch, lease)
		if err == nil && tag.RowsAffected() == 0 {
			return review.ErrFenced
		}
		if err == nil {
			_, err = tx.Exec(ctx, `insert into batch_items (batch_id, row, tenant_id, external_id, reseller, submission_id, attempt_id, faults, cells)
				values ($1, $2, $3, $4, $5, nullif($6, '')::uuid, nullif($7, '')::uuid, $8, $9) on conflict do nothing`,
				b.ID, i.Row, b.Tenant, i.ExternalID, i.Reseller, i.SubmissionID, i.AttemptID, orEmpty(i.Faults), i.Cells)
		}
		if err != nil {
			return fmt.Errorf("write batch item: %w", err)
		}
		return nil
	})
}

func orEmpty(list []review.RowFault) []review.RowFault {
	if list == nil {
		return []review.RowFault{}
	}
	return list
}

// SavedRows are the rows of a batch that need not be read again.
func (s *Store) SavedRows(ctx context.Context, id string) (map[int]bool, error) {
	rows, _ := s.intake().Query(ctx, `select row from batch_items where batch_id = $1`, id) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("read saved rows: %w", err)
	}
	saved := make(map[int]bool, len(list))
	for _, r := range list {
		saved[r] = true
	}
	return saved, nil
}

// FinishBatch ends the reading: review.ErrFenced when another reader has it.
func (s *Store) FinishBatch(ctx context.Context, b review.Batch) error {
	tag, err := s.of(b.Tenant).Exec(ctx, `update batches set state = $3, faults = $4, read_at = now(), lease_until = null
		where id = $1 and epoch = $2 and state = 'reading'`, b.ID, b.Epoch, b.State, orEmpty(b.Faults))
	if err != nil {
		return fmt.Errorf("finish batch: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return review.ErrFenced
	}
	return nil
}

// Batch returns a tenant's batch with its counts: review.ErrNotFound.
func (s *Store) Batch(ctx context.Context, tenant, id string) (review.Batch, error) {
	b, _, err := s.BatchShares(ctx, tenant, id)
	return b, err
}

// Batches lists a tenant's newest batches, without counts. Ids are in the order of
// time, so that the last one of a page is where the next begins.
func (s *Store) Batches(ctx context.Context, tenant string, f review.BatchFilter) ([]review.Batch, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+batchColumns+` from batches
		where tenant_id = $1 and ($2 = '' or id < nullif($2, '')::uuid)
			and ($3 = '' or case when state <> 'read' then state when finished_at is null then 'reviewing' else 'finished' end = $3)
		order by id desc limit $4`, tenant, f.After, f.State, f.Limit)
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (review.Batch, error) { return scanBatch(r) })
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", notFound(err))
	}
	return list, nil
}

// BatchItems lists a tenant's rows of a batch after a row, in order. What a person
// decided stands in place of the review's own outcome.
func (s *Store) BatchItems(ctx context.Context, tenant, id string, after, limit int) ([]review.BatchItem, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select i.row, i.external_id, i.reseller, coalesce(i.submission_id::text, ''), coalesce(i.attempt_id::text, ''), i.faults, i.cells,
			coalesce(s.subject_ref, ''), coalesce(a.state, ''), coalesce(a.declared, '{}'), coalesce(o.outcome, a.deferral), s.deadline,
			coalesce(d.verdict, ''), coalesce(d.reasons, '{}')
		from batch_items i left join submissions s on s.id = i.submission_id
			left join attempts a on a.id = i.attempt_id left join outcomes o on o.attempt_id = i.attempt_id
			left join decisions d on d.attempt_id = i.attempt_id and d.final
		where i.batch_id = $1 and i.tenant_id = $2 and i.row > $3 order by i.row limit $4`, id, tenant, after, limit)
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (i review.BatchItem, err error) {
		var deadline *time.Time
		var d review.Decision
		err = r.Scan(&i.Row, &i.ExternalID, &i.Reseller, &i.SubmissionID, &i.AttemptID, &i.Faults, &i.Cells,
			&i.SubjectRef, &i.State, &i.Declared, &i.Outcome, &deadline, &d.Verdict, &d.Reasons)
		i.Deadline = orZero(deadline)
		if d.Verdict != "" {
			i.Outcome = review.Attempt{Outcome: i.Outcome, Decision: &d}.Final()
		}
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("read batch items: %w", notFound(err))
	}
	return list, nil
}

// SubmissionByExternalID finds a tenant's submission: review.ErrNotFound.
func (s *Store) SubmissionByExternalID(ctx context.Context, tenant, external string) (review.Submission, error) {
	var id string
	err := s.of(tenant).QueryRow(ctx, `select id::text from submissions where tenant_id = $1 and external_id = $2 and external_id <> ''`, tenant, external).Scan(&id)
	if err != nil {
		return review.Submission{}, fmt.Errorf("find submission: %w", notFound(err))
	}
	return s.Submission(ctx, tenant, id)
}
