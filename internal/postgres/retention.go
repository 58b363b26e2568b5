package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// SetRetention sets how long data is kept; with 0 days it is kept for ever.
func (s *Store) SetRetention(ctx context.Context, tenant, actor string, r review.Retention) error {
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from retentions where tenant_id = $1 and credential_type = $2 and ending = $3`, tenant, r.Type, r.Ending); err != nil {
			return err
		}
		if r.Days > 0 {
			if _, err := tx.Exec(ctx, `insert into retentions (tenant_id, credential_type, ending, days) values ($1, $2, $3, $4)`, tenant, r.Type, r.Ending, r.Days); err != nil {
				return err
			}
		}
		return audit(ctx, tx, tenant, actor, "setting.retention", newUUID(),
			map[string]string{"type": string(r.Type), "ending": r.Ending, "days": fmt.Sprint(r.Days)})
	})
	if err != nil {
		return fmt.Errorf("set retention: %w", err)
	}
	return nil
}

// Retentions lists a tenant's settings.
func (s *Store) Retentions(ctx context.Context, tenant string) ([]review.Retention, error) {
	rows, _ := s.of(tenant).Query(ctx, `select credential_type, ending, days from retentions where tenant_id = $1 order by 2, 1`, tenant)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.Retention])
	if err != nil {
		return nil, fmt.Errorf("list retentions: %w", err)
	}
	return list, nil
}

// expired are submissions (with their tenant) and rows of batches that were kept
// long enough and are under no hold. A type's own setting goes before that of all.
const expired = `
	select s.tenant_id, s.submission_id, null::uuid as batch_id, null::int as row
	from retentions r join standings s on s.tenant_id = r.tenant_id and s.standing = r.ending and s.standing in ('approved', 'rejected', 'asked', 'withdrawn') and not s.erased and s.changed_at < now() - make_interval(days => r.days)
	join attempts a on a.id = s.attempt_id
	where (r.credential_type = a.declared->>'credential_type' or r.credential_type = '' and not exists (select from retentions x
			where x.tenant_id = r.tenant_id and x.ending = r.ending and x.credential_type = a.declared->>'credential_type'))
		and not exists (select from legal_holds h where h.submission_id = s.submission_id)
		and not exists (select from erasure_items i where i.submission_id = s.submission_id and i.state <> 'done')
	union all
	select i.tenant_id, null, i.batch_id, i.row
	from retentions r join batches b on b.tenant_id = r.tenant_id and b.created_at < now() - make_interval(days => r.days)
	join batch_items i on i.batch_id = b.id and i.cells is not null
	where r.ending = 'row_not_taken' and r.credential_type = ''
		and not exists (select from erasure_items x where x.batch_id = i.batch_id and x.row = i.row and x.state <> 'done')`

// Expire asks for the erasure of what was kept long enough: see erase.Store.
func (s *Store) Expire(ctx context.Context, limit int) (int, error) {
	return s.count(ctx, "expire what was kept long enough", `
		with due as (`+expired+` limit $1),
		asked as (
			insert into erasures (id, tenant_id, purpose, actor) select gen_random_uuid(), tenant_id, $2, $2 from due group by tenant_id returning id, tenant_id),
		written as (
			insert into erasure_items (erasure_id, tenant_id, submission_id, batch_id, row)
			select asked.id, due.tenant_id, submission_id, batch_id, row from due join asked using (tenant_id) returning 1)
		select count(*) from written`, limit, review.RetentionPurpose)
}
