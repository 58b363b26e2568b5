package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// rowTables finds what became of each row: where its submission stands, as long as the
// row's attempt is the newest; else the word of a person before that of the review, and
// both before the state of the attempt. Every row is found by its id, whatever the
// planner thinks of reading whole tables: those are of all batches that ever were.
const rowTables = `batch_items i
	left join lateral (select standing, reason from standings where submission_id = i.submission_id and attempt_id = i.attempt_id limit 1) n on true
	left join lateral (select coalesce(case d.verdict when 'approve' then 'approved' when 'reject' then 'rejected' when 'ask' then 'asked' end, o.kind,
			case when a.state in ('queued', 'running') or a.state = 'waiting' and a.eligible_at is null then 'in_review' else a.state end) as standing,
			coalesce(d.reasons[1], o.primary_reason, '') as reason
		from attempts a left join outcomes o on o.attempt_id = a.id left join decisions d on d.attempt_id = a.id and d.final
		where a.id = i.attempt_id and (n.standing is null or n.standing = 'waiting') limit 1) p on true`

// What rowTables finds.
const (
	rowStanding = `case when i.attempt_id is null then 'faulty' else coalesce(p.standing, n.standing) end`
	rowReason   = `coalesce(p.reason, n.reason, '')`
)

// BatchRows lists rows of a batch in their order.
func (s *Store) BatchRows(ctx context.Context, tenant, id string, f desk.RowFilter) ([]desk.BatchRow, error) {
	rows, _ := s.of(tenant).Query(ctx, `select i.row, i.reseller, coalesce(i.submission_id::text, ''), coalesce(s.subject_ref, ''), i.external_id, `+rowStanding+`,
			`+rowReason+`, s.deadline, i.faults
		from `+rowTables+` left join lateral (select subject_ref, deadline from submissions where id = i.submission_id limit 1) s on true
		where i.batch_id = $1 and i.tenant_id = $2 and i.row > $3 and ($4 = '' or i.reseller = $4) and ($5 = '' or `+rowStanding+` = $5)
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

// BatchShares returns a tenant's batch with its counts, and its rows counted by reseller
// and by what became of them: review.ErrNotFound.
func (s *Store) BatchShares(ctx context.Context, tenant, id string) (review.Batch, []desk.Share, error) {
	b, err := scanBatch(s.of(tenant).QueryRow(ctx, `select `+batchColumns+` from batches where id = $1 and tenant_id = $2`, id, tenant))
	if err != nil {
		return b, nil, fmt.Errorf("read batch: %w", err)
	}
	rows, _ := s.of(tenant).Query(ctx, `select i.reseller, `+rowStanding+`, `+rowReason+`, count(*)::int
		from `+rowTables+` where i.batch_id = $1 and i.tenant_id = $2 group by 1, 2, 3`, id, tenant) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[desk.Share])
	if err != nil {
		return b, nil, fmt.Errorf("count batch: %w", err)
	}
	b.Counts.Reasons = map[review.Reason]int{}
	for _, share := range list {
		count(&b.Counts, share)
	}
	return b, list, nil
}

func count(c *review.BatchCounts, s desk.Share) {
	c.Rows += s.Rows
	switch s.Standing {
	case desk.Approved:
		c.Approved += s.Rows
	case desk.Rejected, desk.Asked:
		c.Rejected += s.Rows
		c.Reasons[s.Reason] += s.Rows
	case desk.Manual:
		c.Manual += s.Rows
	case desk.Faulty:
		c.Faulty += s.Rows
	case desk.Waiting:
		c.Waiting += s.Rows
	case desk.Withdrawn:
		c.Withdrawn += s.Rows
	default:
		c.Open += s.Rows
	}
}
