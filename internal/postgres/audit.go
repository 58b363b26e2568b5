package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// audit writes who did what, in the transaction of the deed.
func audit(ctx context.Context, tx pgx.Tx, tenant, actor, action, subject string, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	_, err := tx.Exec(ctx, `insert into audit (tenant_id, actor, action, subject, detail) values ($1, $2, $3, $4, $5)`, tenant, actor, action, subject, detail)
	if err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

// NoteCode writes into the audit trail that a verification code was signed for a
// submission.
func (s *Store) NoteCode(ctx context.Context, tenant, actor, submission, code string) error {
	return s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		return audit(ctx, tx, tenant, actor, "code.issue", submission, map[string]string{"code": code})
	})
}

// Audit lists a tenant's deeds after an id, oldest first.
func (s *Store) Audit(ctx context.Context, tenant string, after int64, limit int) ([]review.AuditEntry, error) {
	rows, _ := s.of(tenant).Query(ctx, `select id, at, actor, action, subject::text, detail from audit
		where tenant_id = $1 and id > $2 order by id limit $3`, tenant, after, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.AuditEntry])
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return list, nil
}

// VerifyAudit counts all entries and returns the ids of those that were changed
// or that do not follow on the one before.
func (s *Store) VerifyAudit(ctx context.Context) (entries int, broken []int64, err error) {
	if err := s.admin().QueryRow(ctx, `select count(*) from audit`).Scan(&entries); err != nil {
		return 0, nil, fmt.Errorf("count audit: %w", err)
	}
	rows, _ := s.admin().Query(ctx, `
		select id from (select a.id, a.hash <> audit_hash(a) as changed,
			a.previous <> coalesce(lag(a.hash) over (partition by a.tenant_id order by a.id), '') as torn from audit a) x
		where changed or torn order by id limit 1000`)
	if broken, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
		return 0, nil, fmt.Errorf("verify audit: %w", err)
	}
	return entries, broken, nil
}
