package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/erase"
	"realname/internal/review"
)

// AskErasure writes down that the data of a person is to be erased, and returns what
// that is. Nothing is when one of its submissions is under legal hold
// (review.HeldError); review.ErrNotFound when there is nothing.
func (s *Store) AskErasure(ctx context.Context, tenant, actor, purpose string, whom review.Whom) (review.Erasure, error) {
	e := review.Erasure{ID: newUUID(), Tenant: tenant, Purpose: purpose, Actor: actor}
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) error { return askErasure(ctx, tx, &e, whom) })
	if held := (review.HeldError{}); errors.As(err, &held) {
		return e, held
	}
	if err != nil {
		return e, fmt.Errorf("ask for erasure: %w", notFound(err))
	}
	return e, nil
}

func askErasure(ctx context.Context, tx pgx.Tx, e *review.Erasure, whom review.Whom) error {
	ids, err := subjects(ctx, tx, e.Tenant, whom)
	if err != nil {
		return err
	}
	if err := heldAmong(ctx, tx, e.Tenant, ids); err != nil {
		return err
	}
	err = tx.QueryRow(ctx, `insert into erasures (id, tenant_id, purpose, actor) values ($1, $2, $3, $4) returning asked_at`,
		e.ID, e.Tenant, e.Purpose, e.Actor).Scan(&e.AskedAt)
	if err != nil {
		return err
	}
	err = tx.QueryRow(ctx, `
		with numbers as (select distinct declared->>'number' as n from attempts where submission_id = any($3::uuid[]) union select $4),
		written as (
			insert into erasure_items (erasure_id, tenant_id, submission_id, batch_id, row)
			select $1::uuid, $2, id, null, null from unnest($3::uuid[]) as id
			union all
			select $1::uuid, $2, null, i.batch_id, i.row from batch_items i join numbers on i.cells->>'credential_no' = n
			where i.tenant_id = $2 and i.cells is not null and n <> ''
			returning 1)
		select count(*) from written`, e.ID, e.Tenant, ids, whom.Number).Scan(&e.Total)
	if err == nil && e.Total == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return err
	}
	return audit(ctx, tx, e.Tenant, e.Actor, "erasure.ask", e.ID, map[string]string{"purpose": e.Purpose, "subjects": fmt.Sprint(e.Total)})
}

// subjects are the submissions of whom. An empty number is nobody's.
func subjects(ctx context.Context, tx pgx.Tx, tenant string, whom review.Whom) ([]string, error) {
	var id *string
	if whom.Submission != "" {
		id = &whom.Submission
	}
	rows, _ := tx.Query(ctx, `
		with numbers as (select number_hash from attempts where tenant_id = $1 and submission_id = $2 and $3 union select $4)
		select distinct s.id::text from submissions s join attempts a on a.submission_id = s.id
		where s.tenant_id = $1 and s.erased_at is null
			and (s.id = $2 or a.tenant_id = $1 and a.number_hash in (select number_hash from numbers where number_hash not in ('', $5)))`,
		tenant, id, whom.Others, digest(whom.Number), digest("")) // the error comes with the collection
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// heldAmong tells of the oldest hold on any of the submissions.
func heldAmong(ctx context.Context, tx pgx.Tx, tenant string, ids []string) error {
	var h review.HeldError
	err := tx.QueryRow(ctx, `select submission_id::text, reason, placed_by, placed_at, count(*) over () from legal_holds
		where tenant_id = $1 and submission_id = any($2::uuid[]) order by placed_at limit 1`, tenant, ids).
		Scan(&h.Submission, &h.Reason, &h.By, &h.At, &h.Count)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return h
}

// NextErasure begins the next part: see erase.Store.
func (s *Store) NextErasure(ctx context.Context, limit int) (erase.Part, error) {
	var p erase.Part
	err := s.work().inTx(ctx, func(tx pgx.Tx) (err error) {
		p, err = nextErasure(ctx, tx, limit)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("begin erasure: %w", notFound(err))
	}
	return p, nil
}

func nextErasure(ctx context.Context, tx pgx.Tx, limit int) (p erase.Part, err error) {
	// A hold that came after the wish keeps its submission; what lost it waits again.
	if _, err = tx.Exec(ctx, `update erasure_items i set state = case i.state when 'waiting' then 'held' else 'waiting' end
		from erasures e where e.id = i.erasure_id and e.finished_at is null and i.state <> 'done'
			and (i.state = 'held') <> exists (select from legal_holds h where h.submission_id = i.submission_id)`); err != nil {
		return p, err
	}
	e := &p.Erasure
	err = tx.QueryRow(ctx, `select id::text, tenant_id, purpose, actor, asked_at from erasures e where finished_at is null
		and exists (select from erasure_items i where i.erasure_id = e.id and i.state = 'waiting') order by asked_at limit 1 for update`).
		Scan(&e.ID, &e.Tenant, &e.Purpose, &e.Actor, &e.AskedAt)
	if err != nil {
		return p, err
	}
	rows, _ := tx.Query(ctx, `select id, coalesce(submission_id::text, ''), coalesce(batch_id::text, ''), coalesce(row, 0)
		from erasure_items where erasure_id = $1 and state = 'waiting' order by id limit $2`, e.ID, limit)
	if p.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[erase.Item]); err != nil {
		return p, err
	}
	ids := submissionsOf(p)
	// Whoever holds one of the submissions ends first; then nothing is added to it.
	if _, err = tx.Exec(ctx, `update submissions set erased_at = coalesce(erased_at, now()) where id = any($1::uuid[]) and tenant_id = $2`, ids, e.Tenant); err != nil {
		return p, err
	}
	if _, err = tx.Exec(ctx, `update attempts set state = 'withdrawn', epoch = epoch + 1, worker = null, lease_until = null
		where submission_id = any($1::uuid[]) and tenant_id = $2 and state in ('queued', 'running', 'waiting', 'parked')`, ids, e.Tenant); err != nil {
		return p, err
	}
	rows, _ = tx.Query(ctx, `select distinct d.blob_key from documents d join attempts a on a.id = d.attempt_id
		where a.submission_id = any($1::uuid[]) and d.tenant_id = $2 and d.blob_key <> ''`, ids, e.Tenant)
	p.Blobs, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return p, err
}

func submissionsOf(p erase.Part) []string {
	ids := []string{}
	for _, i := range p.Items {
		if i.Submission != "" {
			ids = append(ids, i.Submission)
		}
	}
	return ids
}

// clearings take a part's submissions out of every table that knows something of
// them. What is left says that they were there, and how they ended. $1 are the
// submissions; a new table with somebody's data gets its line here.
var clearings = []string{
	`delete from blob_keys k using documents d, attempts a where a.submission_id = any($1) and d.attempt_id = a.id and k.blob_key = d.blob_key`,
	`delete from pictures p using attempts a where a.submission_id = any($1) and p.attempt_id = a.id`,
	`delete from documents d using attempts a where a.submission_id = any($1) and d.attempt_id = a.id`,
	`delete from deferrals d using attempts a where a.submission_id = any($1) and d.attempt_id = a.id`,
	`delete from claims c using attempts a where a.submission_id = any($1) and c.attempt_id = a.id`,
	`delete from outbox o using attempts a where a.submission_id = any($1) and o.ref = a.id`,
	`delete from reveals where submission_id = any($1)`,
	`delete from idempotency_keys where submission_id = any($1)`,
	`update outcomes o set outcome = erased_outcome(o.outcome) from attempts a where a.submission_id = any($1) and o.attempt_id = a.id`,
	`update decisions set note = '' where submission_id = any($1) and note <> ''`,
	`update registry_verdicts v set words = '' from attempts a where a.submission_id = any($1) and v.attempt_id = a.id`,
	`update delivery_tries t set answer = '', error = '' from deliveries d where d.submission_id = any($1) and t.delivery_id = d.id`,
	`update deliveries set state = 'exhausted', finished_at = now(), lease_until = null, epoch = epoch + 1 where submission_id = any($1) and state in ('due', 'held')`,
	`update batch_items set external_id = '', cells = null where submission_id = any($1)`,
	`update attempts set number_hash = '', name_hash = '', facts = null, deferral = null, parked_cause = '',
		declared = jsonb_strip_nulls(jsonb_build_object('holder_type', declared->'holder_type', 'credential_type', declared->'credential_type', 'country', declared->'country'))
		where submission_id = any($1)`,
	`update standings set subject_ref = '', external_id = '', assignee = null, erased = true where submission_id = any($1)`,
	`update submissions set subject_ref = '', external_id = '', erased_at = coalesce(erased_at, now()) where id = any($1)`,
}

// Erase clears a part: see erase.Store.
func (s *Store) Erase(ctx context.Context, p erase.Part) error {
	ids := submissionsOf(p)
	var batch pgx.Batch
	for _, sql := range clearings {
		batch.Queue(sql, ids)
	}
	done := make([]int64, 0, len(p.Items))
	for _, i := range p.Items {
		if done = append(done, i.ID); i.Batch != "" {
			batch.Queue(`update batch_items set cells = null, external_id = '' where batch_id = $1 and row = $2 and tenant_id = $3`, i.Batch, i.Row, p.Erasure.Tenant)
			continue
		}
		batch.Queue(`insert into audit (tenant_id, actor, action, subject, detail) values ($1, $2, 'identity.erase', $3, $4)`,
			p.Erasure.Tenant, p.Erasure.Actor, i.Submission, map[string]string{"purpose": p.Erasure.Purpose, "erasure": p.Erasure.ID})
	}
	batch.Queue(`update erasure_items set state = 'done' where id = any($1)`, done)
	batch.Queue(`update erasures e set finished_at = now() where id = $1 and not exists (select from erasure_items where erasure_id = e.id and state <> 'done')`, p.Erasure.ID)
	err := s.work().inTx(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &batch).Close() })
	if err != nil {
		return fmt.Errorf("erase columns: %w", err)
	}
	return nil
}

// Adopt takes up an erasure of another copy: see erase.Store.
func (s *Store) Adopt(ctx context.Context, l erase.Line) (n int, err error) {
	err = s.work().inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into erasures (id, tenant_id, purpose, actor, asked_at)
			select $1::uuid, id, $3, $4, $5::timestamptz from tenants where id = $2 on conflict (id) do nothing`, l.Erasure, l.Tenant, l.Purpose, l.Actor, l.AskedAt)
		if err != nil {
			return err
		}
		for _, i := range l.Items {
			tag, err := tx.Exec(ctx, `insert into erasure_items (erasure_id, tenant_id, submission_id, batch_id, row)
				select $1::uuid, $2, id, null::uuid, null::int from submissions where id = nullif($3, '')::uuid and tenant_id = $2
				union all select $1::uuid, $2, null, batch_id, row from batch_items where batch_id = nullif($4, '')::uuid and row = $5 and tenant_id = $2
				on conflict do nothing`, l.Erasure, l.Tenant, i.Submission, i.Batch, i.Row)
			if err != nil {
				return err
			}
			n += int(tag.RowsAffected())
		}
		if n > 0 {
			_, err = tx.Exec(ctx, `update erasures set finished_at = null where id = $1`, l.Erasure)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take up erasure %s: %w", l.Erasure, err)
	}
	return n, nil
}
