package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

const deliveryColumns = `d.id::text, d.tenant_id, d.event, coalesce(d.submission_id::text, ''), coalesce(d.attempt_id::text, ''),
	coalesce(d.batch_id::text, ''), coalesce(d.about_id::text, ''), d.state, d.tries, d.lost, d.epoch, d.seq, d.created_at, d.next_at, d.finished_at, d.bounced_at, d.bounce`

func scanDelivery(row pgx.CollectableRow) (d review.Delivery, err error) {
	into := endpointInto{e: &d.Endpoint}
	var finished, bounced *time.Time
	columns := []any{&d.ID, &d.Tenant, &d.Event, &d.SubmissionID, &d.AttemptID, &d.BatchID, &d.AboutID, &d.State, &d.Tries, &d.Lost, &d.Epoch, &d.Seq,
		&d.CreatedAt, &d.NextAt, &finished, &bounced, &d.Bounce}
	if err = row.Scan(append(columns, into.columns()...)...); err == nil {
		into.done()
		d.FinishedAt, d.BouncedAt = orZero(finished), orZero(bounced)
	}
	return d, err
}

// selected is the condition of a filter over deliveries d, as $1 to $7.
const selected = `d.tenant_id = $1 and ($2 = '' or d.endpoint_id = nullif($2, '')::uuid) and ($3 = '' or d.state = $3) and ($4 = '' or d.event = $4)
	and ($5 = '' or d.submission_id = nullif($5, '')::uuid) and d.created_at >= coalesce($6::timestamptz, '-infinity') and d.created_at < coalesce($7::timestamptz, 'infinity')`

func selection(tenant string, f review.DeliveryFilter) []any {
	return []any{tenant, f.EndpointID, f.State, f.Event, f.SubmissionID, orNull(f.Since), orNull(f.Until)}
}

// Deliveries lists a tenant's deliveries, newest first.
func (s *Store) Deliveries(ctx context.Context, tenant string, f review.DeliveryFilter) ([]review.Delivery, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+deliveryColumns+`, `+endpointColumns+` from deliveries d join endpoints e on e.id = d.endpoint_id
		where `+selected+` and ($8 = 0 or d.seq < $8) order by d.seq desc limit $9`, append(selection(tenant, f), f.After, f.Limit)...) // the error comes with the collection
	list, err := pgx.CollectRows(rows, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", notFound(err))
	}
	return list, nil
}

// Delivery returns a tenant's delivery with its log, oldest try first:
// review.ErrNotFound.
func (s *Store) Delivery(ctx context.Context, tenant, id string) (review.Delivery, []review.DeliveryTry, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+deliveryColumns+`, `+endpointColumns+` from deliveries d join endpoints e on e.id = d.endpoint_id
		where d.id = $1 and d.tenant_id = $2`, id, tenant)
	d, err := pgx.CollectExactlyOneRow(rows, scanDelivery)
	if err != nil {
		return d, nil, fmt.Errorf("read delivery: %w", notFound(err))
	}
	rows, _ = s.of(tenant).Query(ctx, `select number, at, took, status, answer, error from delivery_tries where delivery_id = $1 and tenant_id = $2 order by at`, id, tenant)
	tries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.DeliveryTry])
	if err != nil {
		return d, nil, fmt.Errorf("read tries: %w", err)
	}
	return d, tries, nil
}

// replayable is a delivery that has ended and can be sent again, with the same id.
// One that a digest told is sent by itself.
const replayable = `d.state in ('delivered', 'exhausted', 'digested') and exists (select from endpoints e where e.id = d.endpoint_id and e.deleted_at is null)`

const replayed = `update deliveries d set state = 'due', tries = 0, lost = 0, next_at = now(), lease_until = null, finished_at = null, epoch = epoch + 1`

// ReplayDelivery makes a delivery due again: review.ErrNotFound. One that is due
// already is tried now, and one in flight is left alone.
func (s *Store) ReplayDelivery(ctx context.Context, tenant, actor, id string) error {
	return s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		var found bool
		if err := tx.QueryRow(ctx, `select exists (select from deliveries where id = $1 and tenant_id = $2)`, id, tenant).Scan(&found); err != nil {
			return fmt.Errorf("find delivery: %w", notFound(err))
		}
		if !found {
			return review.ErrNotFound
		}
		if _, err := tx.Exec(ctx, replayed+` where d.id = $1 and (`+replayable+` or d.state = 'due' and (d.lease_until is null or d.lease_until < now()))`, id); err != nil {
			return fmt.Errorf("replay delivery: %w", err)
		}
		return wakeAndAudit(ctx, tx, tenant, actor, "delivery.replay", id, nil)
	})
}

// ReplayDeliveries makes ended deliveries that match due again, the oldest first,
// and returns how many there were. Those that a digest told must be asked for.
func (s *Store) ReplayDeliveries(ctx context.Context, tenant, actor string, f review.DeliveryFilter) (n int, err error) {
	err = s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, replayed+` where d.id in (select d.id from deliveries d where `+selected+` and `+replayable+` and (d.state <> 'digested' or $3 = 'digested') order by d.seq limit $8 for update)`,
			append(selection(tenant, f), f.Limit)...)
		if err != nil {
			return fmt.Errorf("replay deliveries: %w", notFound(err))
		}
		n = int(tag.RowsAffected())
		subject := f.EndpointID
		if subject == "" || n == 0 {
			subject = noSubject
		}
		return wakeAndAudit(ctx, tx, tenant, actor, "delivery.replay_many", subject, map[string]string{"count": fmt.Sprint(n)})
	})
	return n, err
}

// noSubject stands in the audit trail for a deed on many things.
const noSubject = "00000000-0000-0000-0000-000000000000"

// TestEndpoint writes a test message to a tenant's endpoint and returns the id of
// its delivery: review.ErrNotFound, also for one that is disabled.
func (s *Store) TestEndpoint(ctx context.Context, tenant, actor, id string) (delivery string, err error) {
	err = s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `insert into deliveries (tenant_id, endpoint_id, event, created_at)
			select tenant_id, id, $3, clock_timestamp() from endpoints where id = $1 and tenant_id = $2 and enabled and deleted_at is null
			returning id::text`, id, tenant, review.EventTest).Scan(&delivery)
		if err != nil {
			return fmt.Errorf("write test message: %w", notFound(err))
		}
		return wakeAndAudit(ctx, tx, tenant, actor, "endpoint.test", id, nil)
	})
	return delivery, err
}

func wakeAndAudit(ctx context.Context, tx pgx.Tx, tenant, actor, action, subject string, detail map[string]string) error {
	if _, err := tx.Exec(ctx, `select pg_notify('deliveries', '')`); err != nil {
		return fmt.Errorf("wake notifiers: %w", err)
	}
	return audit(ctx, tx, tenant, actor, action, subject, detail)
}

// RecordBounce notes that a mail came back: review.ErrNotFound for an id that is
// no delivery of mail.
func (s *Store) RecordBounce(ctx context.Context, id, status string) error {
	tag, err := s.work().Exec(ctx, `update deliveries d set bounced_at = coalesce(bounced_at, now()), bounce = $2 from endpoints e
		where d.id = $1 and e.id = d.endpoint_id and e.kind = 'email'`, id, status)
	if err == nil && tag.RowsAffected() == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("record bounce: %w", notFound(err))
	}
	return nil
}

// Unsubscribe ends a mail endpoint of operations: see notify.Returns.
func (s *Store) Unsubscribe(ctx context.Context, endpointID string) error {
	return s.work().inTx(ctx, func(tx pgx.Tx) error {
		var tenant string
		err := tx.QueryRow(ctx, `update endpoints set enabled = false, disabled_at = coalesce(disabled_at, now()),
			disabled_cause = case when enabled then 'unsubscribed' else disabled_cause end where id = $1 and kind = 'email' and target <> '' and deleted_at is null
			returning tenant_id`, endpointID).Scan(&tenant)
		if err != nil {
			return fmt.Errorf("unsubscribe: %w", notFound(err))
		}
		return audit(ctx, tx, tenant, "recipient", "endpoint.unsubscribe", endpointID, nil)
	})
}
