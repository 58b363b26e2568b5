package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// DeliveriesOf lists the messages about a submission, oldest first.
func (s *Store) DeliveriesOf(ctx context.Context, tenant, submissionID string) ([]desk.Delivery, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select d.id::text, e.kind, d.event, d.state, d.tries, d.created_at, d.finished_at, coalesce(t.error, '')
		from deliveries d join endpoints e on e.id = d.endpoint_id 
			left join lateral (select error from delivery_tries where delivery_id = d.id order by at desc limit 1) t on true
		where d.submission_id = $1 and d.tenant_id = $2 order by d.created_at, d.id limit 200`, submissionID, tenant) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (d desk.Delivery, err error) {
		var finished *time.Time
		err = r.Scan(&d.ID, &d.Kind, &d.Event, &d.State, &d.Tries, &d.CreatedAt, &finished, &d.LastError)
		d.FinishedAt = orZero(finished)
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries of submission: %w", notFound(err))
	}
	return list, nil
}

// AuditOf lists the newest deeds that were done to any of the subjects.
func (s *Store) AuditOf(ctx context.Context, tenant string, subjects []string, limit int) ([]review.AuditEntry, error) {
	rows, _ := s.of(tenant).Query(ctx, `select id, at, actor, action, subject::text, detail from audit
		where tenant_id = $1 and subject = any($2::uuid[]) order by id desc limit $3`, tenant, subjects, limit) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.AuditEntry])
	if err != nil {
		return nil, fmt.Errorf("read audit of subjects: %w", notFound(err))
	}
	return list, nil
}

// RecentDeliveries lists a tenant's newest deliveries, in one state when it is not
// empty. Its page is cut before anything is joined, so that it costs as much as it
// is long.
func (s *Store) RecentDeliveries(ctx context.Context, tenant string, state review.DeliveryState, limit int) ([]review.Delivery, error) {
	where, args := "tenant_id = $1", []any{tenant, limit}
	if state != "" {
		where, args = where+" and state = $3", append(args, state)
	}
	rows, _ := s.of(tenant).Query(ctx, `select `+deliveryColumns+`, `+endpointColumns+`
		from (select * from deliveries where `+where+` order by seq desc limit $2) d join endpoints e on e.id = d.endpoint_id order by d.seq desc`, args...) // the error comes with the collection
	list, err := pgx.CollectRows(rows, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("list recent deliveries: %w", err)
	}
	return list, nil
}
