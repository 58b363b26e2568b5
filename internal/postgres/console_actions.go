package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// Matching counts what a filter finds, up to one more than desk.MaxAction.
func (s *Store) Matching(ctx context.Context, tenant string, f desk.Filter) (n int, err error) {
	c, _ := filtered(tenant, f)
	err = s.of(tenant).QueryRow(ctx, `select count(*) from (select from standings s where (`+strings.Join(c.where, ") and (")+`) limit `+
		c.arg(desk.MaxAction+1)+`) x`, c.args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count matching submissions: %w", notFound(err))
	}
	return n, nil
}

// StartAction writes a deed over everything that a filter finds at this moment.
// It is done in the background. What comes later is not meant.
func (s *Store) StartAction(ctx context.Context, v desk.Session, a desk.Action, f desk.Filter) (total int, err error) {
	err = s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into actions (id, tenant_id, kind, detail, assignee, created_by, actor, total) values ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, 0)`,
			a.ID, v.Tenant, a.Kind, map[string]int{"days": a.Days}, a.AssigneeID, v.UserID, v.Actor())
		if err != nil {
			return err
		}
		c, _ := filtered(v.Tenant, f)
		id, limit := c.arg(a.ID), c.arg(desk.MaxAction)
		tag, err := tx.Exec(ctx, `insert into action_items (action_id, submission_id, tenant_id) select `+id+`, s.submission_id, s.tenant_id
			from standings s where (`+strings.Join(c.where, ") and (")+`) limit `+limit, c.args...)
		if err != nil {
			return err
		}
		total = int(tag.RowsAffected())
		if _, err := tx.Exec(ctx, `update actions set total = $2 where id = $1`, a.ID, total); err != nil {
			return err
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "action.start", a.ID, map[string]string{"kind": string(a.Kind), "submissions": fmt.Sprint(total)})
	})
	if err != nil {
		return 0, fmt.Errorf("start action: %w", err)
	}
	return total, nil
}

const actionColumns = `a.id::text, a.kind, coalesce((a.detail->>'days')::int, 0), coalesce(a.assignee::text, ''), coalesce(w.name, ''), u.name, a.state, a.total, a.done, a.skipped, a.undone, a.created_at, a.finished_at
	from actions a join users u on u.id = a.created_by left join users w on w.id = a.assignee`

func scanAction(row pgx.CollectableRow) (a desk.Action, err error) {
	var finished *time.Time
	err = row.Scan(&a.ID, &a.Kind, &a.Days, &a.AssigneeID, &a.Assignee, &a.By, &a.State, &a.Total, &a.Done, &a.Skipped, &a.Undone, &a.CreatedAt, &finished)
	a.FinishedAt = orZero(finished)
	return a, err
}

// Action returns a tenant's deed: review.ErrNotFound.
func (s *Store) Action(ctx context.Context, tenant, id string) (desk.Action, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+actionColumns+` where a.id = $1 and a.tenant_id = $2`, id, tenant) // the error comes with the collection
	a, err := pgx.CollectExactlyOneRow(rows, scanAction)
	if err != nil {
		return a, fmt.Errorf("read action: %w", notFound(err))
	}
	return a, nil
}

// SkippedBy lists submissions that a deed did not fit, as they stand now.
func (s *Store) SkippedBy(ctx context.Context, tenant, id string, limit int) ([]desk.Row, error) {
	rows, _ := s.of(tenant).Query(ctx, `select s.submission_id::text, s.subject_ref, s.external_id, s.standing
		from (select submission_id from action_items where action_id = $1 and tenant_id = $2 and state = 'skipped' order by submission_id limit $3) i
			cross join lateral (select submission_id, subject_ref, external_id, standing from standings where submission_id = i.submission_id limit 1) s`,
		id, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (v desk.Row, err error) {
		return v, r.Scan(&v.ID, &v.SubjectRef, &v.ExternalID, &v.Standing)
	})
	if err != nil {
		return nil, fmt.Errorf("list skipped submissions: %w", notFound(err))
	}
	return list, nil
}

// Actions lists a tenant's newest deeds.
func (s *Store) Actions(ctx context.Context, tenant string, limit int) ([]desk.Action, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+actionColumns+` where a.tenant_id = $1 order by a.id desc limit $2`, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, scanAction)
	if err != nil {
		return nil, fmt.Errorf("list actions: %w", err)
	}
	return list, nil
}

// UndoAction begins to undo a deed that is done: review.ErrNotFound when there is
// nothing to undo.
func (s *Store) UndoAction(ctx context.Context, v desk.Session, id string) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update actions set state = 'undoing' where id = $1 and tenant_id = $2 and state = 'done' and kind in ('assign', 'extend', 'review_again')`, id, v.Tenant)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "action.undo", id, nil)
	})
	if err != nil {
		return fmt.Errorf("undo action: %w", err)
	}
	return nil
}
