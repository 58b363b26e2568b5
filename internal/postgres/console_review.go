package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// Queue lists what waits for a person, the nearest deadline first.
func (s *Store) Queue(ctx context.Context, tenant string, limit int) ([]desk.QueueRow, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select s.submission_id::text, s.attempt_id::text, s.attempt_number, s.subject_ref, s.external_id, s.standing, s.reason, s.deadline, s.changed_at,
			coalesce((select u.name from claims c join users u on u.id = c.user_id where c.attempt_id = s.attempt_id and c.until > now()), ''),
			exists (select from decisions d where d.attempt_id = s.attempt_id and not d.final)
		from standings s where s.tenant_id = $1 and s.standing = 'manual_review'
		order by `+noDeadline+`, s.submission_id limit $2`, tenant, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (v desk.QueueRow, err error) {
		var deadline *time.Time
		err = r.Scan(&v.ID, &v.AttemptID, &v.Attempts, &v.SubjectRef, &v.ExternalID, &v.Standing, &v.Reason, &deadline, &v.ChangedAt, &v.ClaimedBy, &v.Proposed)
		v.Deadline = orZero(deadline)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list queue: %w", err)
	}
	return list, nil
}

// queuedFor finds the attempts that a person may take: nobody else looks at them
// now, and it is not their own word that waits for a second one.
const queuedFor = `from standings s where s.tenant_id = $1 and s.standing = 'manual_review'
	and not exists (select from claims c where c.attempt_id = s.attempt_id and c.until > now() and c.user_id <> $2)
	and coalesce((select d.decided_by from decisions d where d.attempt_id = s.attempt_id order by d.decided_at desc limit 1) <> $2, true)`

// TakeNext takes the most urgent attempt that waits for a person:
// review.ErrNotFound when there is none.
func (s *Store) TakeNext(ctx context.Context, v desk.Session) (attemptID string, err error) {
	err = s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select s.attempt_id::text `+queuedFor+` order by `+noDeadline+`, s.submission_id limit 1 for update of s skip locked`,
			v.Tenant, v.UserID).Scan(&attemptID)
		if err != nil {
			return notFound(err)
		}
		return take(ctx, tx, v, attemptID)
	})
	if err != nil {
		return "", fmt.Errorf("take next: %w", err)
	}
	return attemptID, nil
}

// Take takes one attempt: desk.ErrTaken when somebody else looks at it or must
// give the second word, review.ErrNotFound when it waits for nobody.
func (s *Store) Take(ctx context.Context, v desk.Session, attemptID string) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		var standing desk.Standing
		err := tx.QueryRow(ctx, `select standing from standings where tenant_id = $1 and attempt_id = $2
			and submission_id = (select submission_id from attempts where id = $2) for update`, v.Tenant, attemptID).Scan(&standing)
		if err == nil && standing != desk.Manual {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		var free bool
		if err := tx.QueryRow(ctx, `select exists (select `+queuedFor+` and s.attempt_id = $3)`, v.Tenant, v.UserID, attemptID).Scan(&free); err != nil {
			return err
		}
		if !free {
			return desk.ErrTaken
		}
		return take(ctx, tx, v, attemptID)
	})
	if err != nil {
		return fmt.Errorf("take attempt: %w", err)
	}
	return nil
}

// take writes who looks at an attempt, and what for, before anything is shown.
func take(ctx context.Context, tx pgx.Tx, v desk.Session, attemptID string) error {
	// Who takes another one lets the one before go.
	if _, err := tx.Exec(ctx, `delete from claims where user_id = $1 and tenant_id = $2 and attempt_id <> $3`, v.UserID, v.Tenant, attemptID); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `insert into claims as c (attempt_id, tenant_id, user_id, until) values ($1, $2, $3, now() + $4::interval)
		on conflict (attempt_id) do update set user_id = excluded.user_id, until = excluded.until where c.user_id = $3 or c.until <= now()`,
		attemptID, v.Tenant, v.UserID, desk.ClaimLife)
	if err == nil && tag.RowsAffected() == 0 {
		err = desk.ErrTaken
	}
	if err != nil {
		return err
	}
	return audit(ctx, tx, v.Tenant, v.Actor(), "manual.take", attemptID, map[string]string{"purpose": desk.PurposeManual})
}

// Taken returns what a person has before them: review.ErrNotFound when they did
// not take the attempt, or too long ago.
func (s *Store) Taken(ctx context.Context, v desk.Session, attemptID string) (desk.Desk, error) {
	d := desk.Desk{AttemptID: attemptID}
	err := s.of(v.Tenant).QueryRow(ctx, `select a.submission_id::text, c.until from claims c join attempts a on a.id = c.attempt_id
		where c.attempt_id = $1 and c.tenant_id = $2 and c.user_id = $3 and c.until > now()`, attemptID, v.Tenant, v.UserID).Scan(&d.SubmissionID, &d.Until)
	if err != nil {
		return d, fmt.Errorf("read claim: %w", notFound(err))
	}
	d.Proposal, err = proposal(ctx, s.of(v.Tenant), attemptID)
	return d, err
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// proposal is the newest decision that waits for a second person, or nil.
func proposal(ctx context.Context, on querier, attemptID string) (*desk.Proposal, error) {
	var p desk.Proposal
	err := on.QueryRow(ctx, `select d.verdict, d.reasons, d.note, u.name, u.id::text, d.decided_at from decisions d join users u on u.id = d.decided_by
		where d.attempt_id = $1 order by d.decided_at desc limit 1`, attemptID).Scan(&p.Verdict, &p.Reasons, &p.Note, &p.By, &p.ByID, &p.At)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("read proposal: %w", err)
	}
	return &p, nil
}

// GiveBack gives an attempt back to the queue.
func (s *Store) GiveBack(ctx context.Context, v desk.Session, attemptID string) error {
	if _, err := s.of(v.Tenant).Exec(ctx, `delete from claims where attempt_id = $1 and tenant_id = $2 and user_id = $3`, attemptID, v.Tenant, v.UserID); err != nil {
		return fmt.Errorf("release attempt: %w", notFound(err))
	}
	return nil
}

// Decide writes a decision of whoever took the attempt, and reports whether it is
// final. With it the notices are due: a trigger writes them in this transaction.
// desk.ErrTaken when the person did not take it, or it is decided already.
func (s *Store) Decide(ctx context.Context, v desk.Session, d desk.Decision) (final bool, err error) {
	err = s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		var submission string
		var second bool
		err := tx.QueryRow(ctx, `select s.submission_id::text, t.second_person from claims c join standings s on s.attempt_id = c.attempt_id and s.tenant_id = c.tenant_id
				and s.submission_id = (select submission_id from attempts where id = c.attempt_id)
			join tenants t on t.id = s.tenant_id
			where c.attempt_id = $1 and c.tenant_id = $2 and c.user_id = $3 and c.until > now() and s.standing = 'manual_review' for update of s`,
			d.AttemptID, v.Tenant, v.UserID).Scan(&submission, &second)
		if errors.Is(err, pgx.ErrNoRows) {
			return desk.ErrTaken
		}
		if err != nil {
			return err
		}
		p, err := proposal(ctx, tx, d.AttemptID)
		if err != nil {
			return err
		}
		final = !second || p != nil && p.ByID != v.UserID && d.Same(p.Verdict, p.Reasons)
		return writeDecision(ctx, tx, v, d, submission, final)
	})
	if err != nil {
		return false, fmt.Errorf("decide: %w", notFound(err))
	}
	return final, nil
}

func writeDecision(ctx context.Context, tx pgx.Tx, v desk.Session, d desk.Decision, submission string, final bool) error {
	reasons := make([]string, len(d.Reasons))
	for i, r := range d.Reasons {
		reasons[i] = string(r)
	}
	_, err := tx.Exec(ctx, `insert into decisions (id, tenant_id, submission_id, attempt_id, verdict, reasons, note, decided_by, final)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, d.ID, v.Tenant, submission, d.AttemptID, d.Verdict, reasons, d.Note, v.UserID, final)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from claims where attempt_id = $1`, d.AttemptID); err != nil {
		return err
	}
	action := "manual.decide"
	if !final {
		action = "manual.propose"
	}
	detail := map[string]string{"verdict": string(d.Verdict)}
	if len(d.Reasons) > 0 {
		detail["reason"] = string(d.Reasons[0])
	}
	return audit(ctx, tx, v.Tenant, v.Actor(), action, d.AttemptID, detail)
}
