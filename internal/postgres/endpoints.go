package postgres

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

const endpointColumns = `e.id::text, e.tenant_id, e.kind, e.name, e.target, e.events, e.digest, e.language, e.link, e.at_once,
	e.secret, e.old_secret, e.old_secret_until, e.enabled, e.disabled_at, e.disabled_cause, e.failing_since, e.created_at`

// endpointInto are where the columns of an endpoint go.
type endpointInto struct {
	e                                  *review.Endpoint
	oldUntil, disabledAt, failingSince *time.Time
}

func (i *endpointInto) columns() []any {
	e := i.e
	return []any{&e.ID, &e.Tenant, &e.Kind, &e.Name, &e.Target, &e.Events, &e.Digest, &e.Language, &e.Link, &e.AtOnce,
		&e.Secret, &e.OldSecret, &i.oldUntil, &e.Enabled, &i.disabledAt, &e.DisabledCause, &i.failingSince, &e.CreatedAt}
}

func (i *endpointInto) done() {
	i.e.OldSecretUntil, i.e.DisabledAt, i.e.FailingSince = orZero(i.oldUntil), orZero(i.disabledAt), orZero(i.failingSince)
}

func scanEndpoint(row pgx.CollectableRow) (e review.Endpoint, err error) {
	into := endpointInto{e: &e}
	if err = row.Scan(into.columns()...); err == nil {
		into.done()
	}
	return e, err
}

// atOnce is how many messages an endpoint takes unless it says.
const atOnce = 16

// PutEndpoint makes or replaces an endpoint. Its signing secret changes with
// RotateSecret.
func (s *Store) PutEndpoint(ctx context.Context, e review.Endpoint) error {
	return putEndpoint(ctx, s.of(e.Tenant), e)
}

func putEndpoint(ctx context.Context, on execer, e review.Endpoint) error {
	_, err := on.Exec(ctx, `
		insert into endpoints (id, tenant_id, kind, name, target, events, digest, language, link, at_once, secret, enabled, disabled_at, disabled_cause)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $12 then null else now() end, $13)
		on conflict (id) do update set name = excluded.name, target = excluded.target, events = excluded.events, digest = excluded.digest,
			language = excluded.language, link = excluded.link, at_once = excluded.at_once, secret = excluded.secret,
			disabled_at = case when excluded.enabled then null else coalesce(endpoints.disabled_at, now()) end,
			disabled_cause = case when excluded.enabled then '' else excluded.disabled_cause end,
			failing_since = case when excluded.enabled and not endpoints.enabled then null else endpoints.failing_since end,
			enabled = excluded.enabled
		where endpoints.tenant_id = excluded.tenant_id`,
		e.ID, e.Tenant, e.Kind, e.Name, e.Target, orNone(e.Events), e.Digest, e.Language, e.Link, cmp.Or(e.AtOnce, atOnce), e.Secret, e.Enabled, e.DisabledCause)
	if err != nil {
		return fmt.Errorf("write endpoint: %w", err)
	}
	return nil
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// CreateEndpoint makes an endpoint and writes who did.
func (s *Store) CreateEndpoint(ctx context.Context, actor string, e review.Endpoint) error {
	return s.of(e.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		if err := putEndpoint(ctx, tx, e); err != nil {
			return err
		}
		return audit(ctx, tx, e.Tenant, actor, "endpoint.create", e.ID, map[string]string{"kind": string(e.Kind)})
	})
}

// ChangeEndpoint applies a change to a tenant's endpoint and returns what it is
// then: review.ErrNotFound. What waits for an endpoint that is enabled again goes out.
func (s *Store) ChangeEndpoint(ctx context.Context, tenant, actor, id, action string, change func(*review.Endpoint) error) (review.Endpoint, error) {
	var e review.Endpoint
	err := s.of(tenant).inTx(ctx, func(tx pgx.Tx) (err error) {
		rows, _ := tx.Query(ctx, `select `+endpointColumns+` from endpoints e
			where e.id = $1 and e.tenant_id = $2 and e.deleted_at is null for update`, id, tenant) // the error comes with the collection
		if e, err = pgx.CollectExactlyOneRow(rows, scanEndpoint); err != nil {
			return fmt.Errorf("read endpoint: %w", notFound(err))
		}
		if err := change(&e); err != nil {
			return err
		}
		if err := putEndpoint(ctx, tx, e); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update endpoints set old_secret = $2, old_secret_until = $3 where id = $1`, id, e.OldSecret, orNull(e.OldSecretUntil)); err != nil {
			return fmt.Errorf("write endpoint's secrets: %w", err)
		}
		if _, err := tx.Exec(ctx, `select pg_notify('deliveries', '')`); err != nil {
			return fmt.Errorf("wake notifiers: %w", err)
		}
		return audit(ctx, tx, tenant, actor, action, id, nil)
	})
	return e, err
}

// DeleteEndpoint ends an endpoint: review.ErrNotFound. Its log of deliveries
// stays; its secrets and its address do not.
func (s *Store) DeleteEndpoint(ctx context.Context, tenant, actor, id string) error {
	return s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update endpoints set enabled = false, deleted_at = now(), disabled_at = coalesce(disabled_at, now()),
			disabled_cause = 'owner', secret = '', old_secret = '', target = ''
			where id = $1 and tenant_id = $2 and deleted_at is null`, id, tenant)
		if err != nil {
			return fmt.Errorf("delete endpoint: %w", notFound(err))
		}
		if tag.RowsAffected() == 0 {
			return review.ErrNotFound
		}
		if _, err := tx.Exec(ctx, `update deliveries set state = 'exhausted', finished_at = now() where endpoint_id = $1 and state in ('due', 'held')`, id); err != nil {
			return fmt.Errorf("end deliveries: %w", err)
		}
		return audit(ctx, tx, tenant, actor, "endpoint.delete", id, nil)
	})
}

// Endpoint returns a tenant's endpoint: review.ErrNotFound.
func (s *Store) Endpoint(ctx context.Context, tenant, id string) (review.Endpoint, error) {
	return s.endpoint(ctx, tenant, id, ` and e.deleted_at is null`)
}

// anyEndpoint returns one that may be deleted, too.
func (s *Store) anyEndpoint(ctx context.Context, tenant, id string) (review.Endpoint, error) {
	return s.endpoint(ctx, tenant, id, "")
}

func (s *Store) endpoint(ctx context.Context, tenant, id, and string) (review.Endpoint, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+endpointColumns+` from endpoints e where e.id = $1 and e.tenant_id = $2`+and, id, tenant)
	e, err := pgx.CollectExactlyOneRow(rows, scanEndpoint)
	if err != nil {
		return e, fmt.Errorf("read endpoint: %w", notFound(err))
	}
	return e, nil
}

// Endpoints lists a tenant's endpoints, oldest first.
func (s *Store) Endpoints(ctx context.Context, tenant string) ([]review.Endpoint, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+endpointColumns+` from endpoints e where e.tenant_id = $1 and e.deleted_at is null order by e.created_at, e.id`, tenant)
	list, err := pgx.CollectRows(rows, scanEndpoint)
	if err != nil {
		return nil, fmt.Errorf("list endpoints: %w", err)
	}
	return list, nil
}
