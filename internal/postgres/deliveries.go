package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/notify"
	"realname/internal/review"
)

type deliveryRow struct {
	ID           string
	TenantID     string
	Event        string
	SubmissionID string
	AttemptID    string
	Tries        int
	Epoch        int64
	CreatedAt    time.Time
	EndpointID   string
	Kind         review.EndpointKind
	Target       string
	Secret       string
}

// ClaimDelivery takes a due delivery: see notify.Store. What is due to an
// endpoint that was disabled meanwhile stays due until it is enabled again.
func (s *Store) ClaimDelivery(ctx context.Context, id string, lease time.Duration) (review.Delivery, error) {
	rows, _ := s.pool.Query(ctx, `
		update deliveries d set tries = tries + 1, epoch = epoch + 1, lease_until = now() + $2
		from endpoints e
		where d.id = $1 and d.state = 'due' and d.next_at <= now() and (d.lease_until is null or d.lease_until < now())
			and e.id = d.endpoint_id and e.enabled
		returning d.id::text, d.tenant_id, d.event, d.submission_id::text, d.attempt_id::text, d.tries, d.epoch, d.created_at,
			e.id::text as endpoint_id, e.kind, e.target, e.secret`, id, lease)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[deliveryRow])
	if err != nil {
		return review.Delivery{}, notFound(err)
	}
	return review.Delivery{
		ID: r.ID, Tenant: r.TenantID, Event: r.Event, SubmissionID: r.SubmissionID, AttemptID: r.AttemptID,
		Tries: r.Tries, Epoch: r.Epoch, CreatedAt: r.CreatedAt,
		Endpoint: review.Endpoint{ID: r.EndpointID, Tenant: r.TenantID, Kind: r.Kind, Target: r.Target, Secret: r.Secret, Enabled: true},
	}, nil
}

// Subject returns the submission that a delivery is about.
func (s *Store) Subject(ctx context.Context, d review.Delivery) (review.Submission, error) {
	return s.Submission(ctx, d.Tenant, d.SubmissionID)
}

// FinishDelivery records a try and what follows: see notify.Store.
func (s *Store) FinishDelivery(ctx context.Context, d review.Delivery, t notify.Try, next notify.Next) error {
	state := "due"
	switch {
	case next.Delivered:
		state = "delivered"
	case next.RetryAt.IsZero():
		state = "exhausted"
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update deliveries set state = $3, lease_until = null, next_at = coalesce($4, next_at),
			finished_at = case when $3 = 'due' then null else now() end
			where id = $1 and epoch = $2 and state = 'due'`, d.ID, d.Epoch, state, orNull(next.RetryAt))
		if err != nil {
			return fmt.Errorf("finish delivery: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return review.ErrFenced
		}
		return s.logTry(ctx, tx, d, t, next)
	})
}

func (s *Store) logTry(ctx context.Context, tx pgx.Tx, d review.Delivery, t notify.Try, next notify.Next) error {
	var batch pgx.Batch
	batch.Queue(`insert into delivery_tries (delivery_id, number, tenant_id, at, took, status, answer, error) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.ID, d.Tries, d.Tenant, t.At, t.Took, t.Status, t.Answer, t.Error)
	if next.DisableEndpoint {
		batch.Queue(`update endpoints set enabled = false, disabled_at = now() where id = $1`, d.Endpoint.ID)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("log try: %w", err)
	}
	return nil
}
