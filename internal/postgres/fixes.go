package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// CreateFix writes a correction that is about to be applied.
func (s *Store) CreateFix(ctx context.Context, actor string, f review.Fix, detail map[string]string) error {
	return s.of(f.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into fixes (id, tenant_id, batch_id, detail, reseller, created_at) values ($1, $2, $3, $4, $5, $6)`,
			f.ID, f.Tenant, f.BatchID, f.Detail, f.Reseller, f.CreatedAt)
		if err != nil {
			return fmt.Errorf("write fix: %w", err)
		}
		return audit(ctx, tx, f.Tenant, actor, "fix.apply", f.ID, detail)
	})
}

// FixRow resubmits one row with the correction; nobody reviews it before the
// given instant, so that it can be undone. The errors are those of Resubmit, and
// review.ErrSuperseded when another attempt followed the one that is corrected:
// what somebody sent meanwhile is never overwritten.
func (s *Store) FixRow(ctx context.Context, f review.Fix, row int, corrected string, a review.Attempt, notBefore time.Time) error {
	err := s.of(f.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		if err := stillLast(ctx, tx, f.Tenant, a.SubmissionID, corrected); err != nil {
			return err
		}
		a, err := resubmit(ctx, tx, f.Tenant, a.SubmissionID, a)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		batch.Queue(`update attempts set retry_at = $2 where id = $1`, a.ID, notBefore)
		batch.Queue(`update outbox set not_before = $2 where ref = $1`, a.ID, notBefore)
		batch.Queue(`insert into fix_items (fix_id, row, tenant_id, attempt_id) values ($1, $2, $3, $4)`, f.ID, row, f.Tenant, a.ID)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err != nil && !refusesAttempt(err) {
		return fmt.Errorf("fix row: %w", err)
	}
	return err
}

// stillLast locks the submission and asks that no attempt but withdrawn ones
// followed the given one.
func stillLast(ctx context.Context, tx pgx.Tx, tenant, submission, attempt string) error {
	// Two statements: what another transaction wrote while this one waited for the
	// lock is seen by the second alone.
	if err := tx.QueryRow(ctx, `select from submissions where id = $1 and tenant_id = $2 for update`, submission, tenant).Scan(); err != nil {
		return notFound(err)
	}
	var last string
	err := tx.QueryRow(ctx, `select id::text from attempts where submission_id = $1 and state <> 'withdrawn' order by number desc limit 1`,
		submission).Scan(&last)
	switch {
	case err != nil:
		return notFound(err)
	case last != attempt:
		return review.ErrSuperseded
	}
	return nil
}

// Fix returns a tenant's correction with its rows: review.ErrNotFound.
func (s *Store) Fix(ctx context.Context, tenant, id string) (review.Fix, error) {
	f := review.Fix{ID: id, Tenant: tenant}
	var undone *time.Time
	err := s.of(tenant).QueryRow(ctx, `select batch_id::text, detail, reseller, created_at, undone_at from fixes where id = $1 and tenant_id = $2`,
		id, tenant).Scan(&f.BatchID, &f.Detail, &f.Reseller, &f.CreatedAt, &undone)
	if err != nil {
		return f, fmt.Errorf("read fix: %w", notFound(err))
	}
	f.UndoneAt = orZero(undone)
	rows, _ := s.of(tenant).Query(ctx, `select i.row, i.attempt_id::text, a.state from fix_items i join attempts a on a.id = i.attempt_id
		where i.fix_id = $1 order by i.row`, id) // the error comes with the collection
	if f.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[review.FixItem]); err != nil {
		return f, fmt.Errorf("read fixed rows: %w", err)
	}
	return f, nil
}

// fixesListed bounds the list of a batch's corrections.
const fixesListed = 100

// FixesOf lists the corrections of a batch, the newest first, without their rows.
func (s *Store) FixesOf(ctx context.Context, tenant, batchID string) ([]review.Fix, error) {
	rows, _ := s.of(tenant).Query(ctx, `select id::text, detail, reseller, created_at, undone_at from fixes
		where batch_id = $1 and tenant_id = $2 order by created_at desc limit $3`, batchID, tenant, fixesListed) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (review.Fix, error) {
		f := review.Fix{Tenant: tenant, BatchID: batchID}
		var undone *time.Time
		err := r.Scan(&f.ID, &f.Detail, &f.Reseller, &f.CreatedAt, &undone)
		f.UndoneAt = orZero(undone)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("list fixes: %w", notFound(err))
	}
	return list, nil
}

// standAgain lets what a correction resubmitted stand, once that is taken back, as it
// stood before: by its last attempt that nobody withdrew.
const standAgain = `update standings s set standing = was.standing, reason = was.reason, changed_at = now()
	from fix_items i join attempts a on a.id = i.attempt_id
		cross join lateral (select coalesce(case d.verdict when 'approve' then 'approved' when 'reject' then 'rejected' when 'ask' then 'asked' end, o.kind) as standing,
				coalesce(d.reasons[1], o.primary_reason) as reason
			from attempts p join outcomes o on o.attempt_id = p.id left join decisions d on d.attempt_id = p.id and d.final
			where p.submission_id = a.submission_id and p.number < a.number and p.state = 'decided' order by p.number desc limit 1) was
	where i.fix_id = $1 and a.state = 'withdrawn' and s.submission_id = a.submission_id and s.attempt_id = a.id`

// UndoFix withdraws what was resubmitted and is not in review yet, and returns
// how many rows that were. Undoing again changes nothing.
func (s *Store) UndoFix(ctx context.Context, tenant, actor, id string) (withdrawn int, err error) {
	err = s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update fixes set undone_at = coalesce(undone_at, now()) where id = $1 and tenant_id = $2`, id, tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		tag, err = tx.Exec(ctx, `update attempts set state = 'withdrawn', epoch = epoch + 1
			where state = 'queued' and id in (select attempt_id from fix_items where fix_id = $1)`, id)
		if err != nil {
			return err
		}
		withdrawn = int(tag.RowsAffected())
		if _, err := tx.Exec(ctx, standAgain, id); err != nil {
			return err
		}
		return audit(ctx, tx, tenant, actor, "fix.undo", id, map[string]string{"withdrawn": fmt.Sprint(withdrawn)})
	})
	if err != nil {
		return 0, fmt.Errorf("undo fix: %w", err)
	}
	return withdrawn, nil
}
