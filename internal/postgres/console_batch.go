package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
)

// rowStanding is what became of a row: the word of a person before that of the
// review, and both before the state of its attempt.
const rowStanding = `coalesce(case d.verdict when 'approve' then 'approved' when 'reject' then 'rejected' when 'ask' then 'asked' end, o.kind,
	case when i.attempt_id is null then 'faulty' when a.state in ('queued', 'running') or a.state = 'waiting' and a.eligible_at is null then 'in_review' else a.state end)`

const rowTables = `batch_items i left join submissions s on s.id = i.submission_id left join attempts a on a.id = i.attempt_id
	left join outcomes o on o.attempt_id = i.attempt_id left join decisions d on d.attempt_id = i.attempt_id and d.final`

// BatchRows lists rows of a batch in their order.
func (s *Store) BatchRows(ctx context.Context, tenant, id string, f desk.RowFilter) ([]desk.BatchRow, error) {
	rows, _ := s.of(tenant).Query(ctx, `select i.row, i.reseller, coalesce(i.submission_id::text, ''), coalesce(s.subject_ref, ''), i.external_id, `+rowStanding+`,
			coalesce(d.reasons[1], o.primary_reason, ''), s.deadline, i.faults
		from `+rowTables+` where i.batch_id = $1 and i.tenant_id = $2 and i.row > $3 and ($4 = '' or i.reseller = $4) and ($5 = '' or `+rowStanding+` = $5)
		order by i.row limit $6`, id, tenant, f.After, f.Reseller, f.Standing, f.Limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (v desk.BatchRow, err error) {
		var deadline *time.Time
		err = r.Scan(&v.Number, &v.Reseller, &v.SubmissionID, &v.SubjectRef, &v.ExternalID, &v.Standing, &v.Reason, &deadline, &v.Faults)
		v.Deadline = orZero(deadline)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list rows of batch: %w", notFound(err))
	}
	return list, nil
}

// maxShares bounds what is read of a batch with very many resellers.
const maxShares = 5000

// Shares counts the rows of a batch by reseller and by what they were refused for.
func (s *Store) Shares(ctx context.Context, tenant, batchID string) ([]desk.Share, error) {
	rows, _ := s.of(tenant).Query(ctx, `select reseller, refused, case when refused then reason else '' end, count(*)::int from (
			select i.reseller, `+rowStanding+` in ('rejected', 'asked') as refused, coalesce(d.reasons[1], o.primary_reason, '') as reason
			from `+rowTables+` where i.batch_id = $1 and i.tenant_id = $2) x
		group by 1, 2, 3 order by 4 desc limit $3`, batchID, tenant, maxShares) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Share])
	if err != nil {
		return nil, fmt.Errorf("count rows by reseller: %w", notFound(err))
	}
	return list, nil
}
