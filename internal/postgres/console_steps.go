package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// actionLease is how long one step of a deed may take before another program goes on.
const actionLease = 30 * time.Second

// step is a deed of which the next part is to be done.
type step struct {
	desk.Action
	tenant, actor string
	items         []string
}

// StepAction does the next part of the oldest deed that is open, in one
// transaction, and reports whether there was one.
func (s *Store) StepAction(ctx context.Context) (more bool, err error) {
	var p step
	err = s.intake().QueryRow(ctx, `select id::text, tenant_id from actions
		where state in ('waiting', 'running', 'undoing') and (lease_until is null or lease_until < now()) order by created_at limit 1`).Scan(&p.ID, &p.tenant)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find open action: %w", err)
	}
	err = s.of(p.tenant).inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select actor, kind, coalesce((detail->>'days')::int, 0), coalesce(assignee::text, ''), state
			from actions where id = $1 and state in ('waiting', 'running', 'undoing') for update skip locked`, p.ID).
			Scan(&p.actor, &p.Kind, &p.Days, &p.AssigneeID, &p.State)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // another program is at it
		}
		if err != nil {
			return err
		}
		more = true
		return doStep(ctx, tx, p)
	})
	if err != nil {
		return false, fmt.Errorf("step action: %w", errors.Join(err, s.pause(ctx, p)))
	}
	return more, nil
}

// pause keeps a deed whose step failed from being tried again at once.
func (s *Store) pause(ctx context.Context, p step) error {
	_, err := s.of(p.tenant).Exec(ctx, `update actions set lease_until = now() + $2::interval where id = $1`, p.ID, actionLease)
	return err
}

func doStep(ctx context.Context, tx pgx.Tx, p step) error {
	undo, from := p.State == "undoing", "waiting"
	if undo {
		from = "done"
	}
	rows, _ := tx.Query(ctx, `select submission_id::text from action_items where action_id = $1 and state = $2 order by submission_id limit $3`, p.ID, from, desk.ActionStep)
	var err error
	if p.items, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return err
	}
	switch {
	case len(p.items) == 0 && undo:
		_, err = tx.Exec(ctx, `update actions set state = 'undone', finished_at = now() where id = $1`, p.ID)
		return err
	case len(p.items) == 0:
		_, err = tx.Exec(ctx, `update actions set state = 'done', finished_at = now() where id = $1`, p.ID)
		return err
	case undo:
		return undoStep(ctx, tx, p)
	}
	if err := deed(ctx, tx, p); err != nil {
		return fmt.Errorf("%s: %w", p.Kind, err)
	}
	// What the deed did not mark does not fit it.
	var skipped int
	err = tx.QueryRow(ctx, `with rest as (update action_items set state = 'skipped' where action_id = $1 and submission_id = any($2::uuid[]) and state = 'waiting' returning 1)
		select count(*) from rest`, p.ID, p.items).Scan(&skipped)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update actions set state = 'running', done = done + $2, skipped = skipped + $3 where id = $1`, p.ID, len(p.items)-skipped, skipped)
	return err
}

// deed does a part of a deed and marks what it did.
func deed(ctx context.Context, tx pgx.Tx, p step) (err error) {
	switch p.Kind {
	case desk.Assign:
		_, err = tx.Exec(ctx, `with was as (select submission_id, assignee from standings where submission_id = any($2::uuid[]) for update),
			now as (update standings s set assignee = nullif($3, '')::uuid from was where s.submission_id = was.submission_id returning s.submission_id)
			update action_items i set state = 'done', before = jsonb_build_object('assignee', was.assignee) from was join now using (submission_id)
			where i.action_id = $1 and i.submission_id = was.submission_id`, p.ID, p.items, p.AssigneeID)
	case desk.Extend:
		_, err = tx.Exec(ctx, `with was as (select id, hold_at from submissions where id = any($2::uuid[]) and hold_at is not null for update),
			now as (update submissions s set hold_at = s.hold_at + make_interval(days => $3) from was where s.id = was.id returning s.id)
			update action_items i set state = 'done', before = jsonb_build_object('hold_at', was.hold_at) from was join now using (id)
			where i.action_id = $1 and i.submission_id = was.id`, p.ID, p.items, p.Days)
	case desk.Withdraw:
		_, err = tx.Exec(ctx, `with gone as (update attempts set state = 'withdrawn', epoch = epoch + 1
				where submission_id = any($2::uuid[]) and state in ('queued', 'waiting', 'parked') returning submission_id)
			update action_items i set state = 'done' from gone where i.action_id = $1 and i.submission_id = gone.submission_id`, p.ID, p.items)
	case desk.Resend:
		_, err = tx.Exec(ctx, `with last as (select submission_id, attempt_id from standings where submission_id = any($2::uuid[])),
			again as (update deliveries d set state = 'due', next_at = now(), lease_until = null, finished_at = null from last
				where d.submission_id = last.submission_id and d.attempt_id = last.attempt_id and d.state in ('delivered', 'exhausted') returning d.submission_id)
			update action_items i set state = 'done' from again where i.action_id = $1 and i.submission_id = again.submission_id`, p.ID, p.items)
		if err == nil {
			_, err = tx.Exec(ctx, `select pg_notify('deliveries', '')`)
		}
	case desk.ReviewAgain:
		for _, id := range p.items {
			if err = reviewAgain(ctx, tx, p, id); err != nil {
				return err
			}
		}
	}
	return err
}

// reviewAgain makes the newest attempt of a submission its next one, which nobody
// reviews before the grace for second thoughts is over.
func reviewAgain(ctx context.Context, tx pgx.Tx, p step, id string) error {
	sub, err := submission(ctx, tx, p.tenant, id)
	if err != nil {
		return err
	}
	last := sub.Attempts[len(sub.Attempts)-1]
	if last.State != review.Decided && last.State != review.Parked {
		return nil // it is being reviewed, or is withdrawn
	}
	next := review.Attempt{ID: newUUID(), State: review.Queued, Declared: last.Declared, CreatedAt: time.Now()}
	for _, d := range last.Documents {
		d.ID = newUUID()
		next.Documents = append(next.Documents, d)
	}
	var before []byte
	err = tx.QueryRow(ctx, `select to_jsonb(s) - 'subject_ref' - 'external_id' from standings s where submission_id = $1`, id).Scan(&before)
	if err != nil {
		return fmt.Errorf("read standing: %w", err)
	}
	if next, err = resubmit(ctx, tx, p.tenant, id, next); refusesAttempt(err) {
		return nil
	} else if err != nil {
		return err
	}
	notBefore := time.Now().Add(desk.UndoGrace)
	var batch pgx.Batch
	batch.Queue(`update attempts set retry_at = $2 where id = $1`, next.ID, notBefore)
	batch.Queue(`update outbox set not_before = $2 where ref = $1`, next.ID, notBefore)
	batch.Queue(`update action_items set state = 'done', attempt_id = $3, before = $4 where action_id = $1 and submission_id = $2`, p.ID, id, next.ID, before)
	return tx.SendBatch(ctx, &batch).Close()
}

func newUUID() string { return uuid.Must(uuid.NewV7()).String() } // fails only without a source of randomness

// undoStep gives a part of what a deed did back, where nothing has happened since.
func undoStep(ctx context.Context, tx pgx.Tx, p step) (err error) {
	switch p.Kind {
	case desk.Assign:
		_, err = tx.Exec(ctx, `update standings s set assignee = (i.before->>'assignee')::uuid from action_items i
			where i.action_id = $1 and i.submission_id = any($2::uuid[]) and s.submission_id = i.submission_id and s.assignee is not distinct from nullif($3, '')::uuid`, p.ID, p.items, p.AssigneeID)
	case desk.Extend:
		_, err = tx.Exec(ctx, `update submissions s set hold_at = (i.before->>'hold_at')::timestamptz from action_items i
			where i.action_id = $1 and i.submission_id = any($2::uuid[]) and s.id = i.submission_id
				and s.hold_at = (i.before->>'hold_at')::timestamptz + make_interval(days => $3)`, p.ID, p.items, p.Days)
	case desk.ReviewAgain:
		_, err = tx.Exec(ctx, `update attempts a set state = 'withdrawn', epoch = epoch + 1 from action_items i
			where i.action_id = $1 and i.submission_id = any($2::uuid[]) and a.id = i.attempt_id and a.state = 'queued'`, p.ID, p.items)
		if err == nil {
			// What counts is again what counted before.
			_, err = tx.Exec(ctx, `update standings s set standing = i.before->>'standing', reason = i.before->>'reason', changed_at = (i.before->>'changed_at')::timestamptz
				from action_items i join attempts a on a.id = i.attempt_id
				where i.action_id = $1 and i.submission_id = any($2::uuid[]) and s.submission_id = i.submission_id and s.attempt_id = i.attempt_id and a.state = 'withdrawn'
					and i.before->>'standing' <> 'parked'`, p.ID, p.items)
		}
	}
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `update action_items set state = 'undone' where action_id = $1 and submission_id = any($2::uuid[])`, p.ID, p.items); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update actions set undone = undone + $2 where id = $1`, p.ID, len(p.items))
	return err
}
