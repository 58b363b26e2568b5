// Package seed fills a database with made-up submissions, so that pages and
// queries can be measured on as many as a large registrar has. It writes by whole
// sets of rows and past the triggers, hence as a superuser only, and is no part of
// a service.
package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Fill writes n submissions of a tenant over the year before now, the newest with
// an outcome each but for what is left open: of every thousand, twenty in review,
// twenty deferred, five for a person and one parked. The newest fiftieth came as one batch,
// of at most ten thousand. Filling again adds nothing.
func Fill(ctx context.Context, conn *pgx.Conn, tenant string, n int, now time.Time) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, s := range []string{
			`set local session_replication_role = replica`, // neither triggers nor checks of keys
			`set local statement_timeout = 0`,
			`set local synchronous_commit = off`,
		} {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("prepare to fill (a superuser is needed): %w", err)
			}
		}
		if _, err := tx.Exec(ctx, `insert into tenants (id, name) values ($1, $1) on conflict do nothing`, tenant); err != nil {
			return fmt.Errorf("make tenant: %w", err)
		}
		if _, err := tx.Exec(ctx, rows, tenant, n, now); err != nil {
			return fmt.Errorf("draw rows: %w", err)
		}
		if _, err := tx.Exec(ctx, `create temporary table newest on commit drop as select * from drawn order by i desc limit least($1::int / 50, 10000)`, n); err != nil {
			return fmt.Errorf("draw batch: %w", err)
		}
		for _, into := range tables {
			if _, err := tx.Exec(ctx, into); err != nil {
				return fmt.Errorf("fill: %w", err)
			}
		}
		return nil
	})
}

// id makes an id like UUIDv7 from an instant and a word, in SQL.
func id(at, word string) string {
	return `(lpad(to_hex((extract(epoch from ` + at + `) * 1000)::bigint), 12, '0') || '7' || substr(md5(` + word + `), 1, 3) || '8' || substr(md5(` + word + `), 4, 15))::uuid`
}

var rows = `
	create temporary table drawn on commit drop as
	select $1::text as tenant, i, created, ` + id("created", "'s' || i") + ` as submission, ` + id("created", "'a' || i") + ` as attempt,
		case when i % 1000 < 20 then 'queued' when i % 1000 < 40 then 'waiting' when i % 1000 = 45 then 'parked' else 'decided' end as state,
		case when i % 1000 between 40 and 44 then 'manual_review' when i % 5 = 0 then 'rejected' else 'approved' end as kind,
		case when i % 5 <> 0 and i % 1000 not between 40 and 44 then '' else (array['material_unclear', 'registrant_info_mismatch', 'credential_type_or_number_invalid',
			'material_incomplete', 'material_unqualified', 'electronic_verification_failed'])[1 + i % 6] end as reason,
		created + (1 + i % 7000) * interval '1 second' as decided
	from (select i, $3::timestamptz - (($2::int - i) * (interval '365 days' / $2::int)) as created from generate_series(1, $2::int) as i) x`

var tables = []string{
	`insert into submissions (id, tenant_id, subject_ref, external_id, profile, created_at, hold_at)
		select submission, tenant, 'specimen-' || i || '.example', 'order-' || i, 'default', created, created + interval '5 days' from drawn on conflict do nothing`,
	`insert into attempts (id, tenant_id, submission_id, number, state, declared, number_hash, name_hash, created_at, decided_at, parked_cause, eligible_at, retry_at)
		select attempt, tenant, submission, 1, state, jsonb_build_object('holder_type', 'organisation', 'name', '样本' || i, 'credential_type', 'YYZZ', 'number', 'SPECIMEN' || i),
			sha256(('SPECIMEN' || i)::bytea), sha256(('样本' || i)::bytea), created, case when state = 'decided' then decided end,
			case when state = 'parked' then 'made up' else '' end, case when state = 'waiting' then created + interval '400 days' end,
			case when state = 'queued' then now() + interval '1 day' end
		from drawn on conflict do nothing`,
	`insert into outcomes (attempt_id, tenant_id, kind, primary_reason, outcome, rule_set, decided_at)
		select attempt, tenant, kind, reason, jsonb_build_object('kind', kind, 'primary', reason, 'reasons', case when reason = '' then '[]'::jsonb else jsonb_build_array(reason) end,
			'rule_set', 'made up', 'findings', '[]'::jsonb), 'made up', decided
		from drawn where state = 'decided' on conflict do nothing`,
	`insert into standings (submission_id, tenant_id, attempt_id, attempt_number, standing, reason, subject_ref, external_id, deadline, changed_at)
		select submission, tenant, attempt, 1, case state when 'queued' then 'in_review' when 'decided' then kind else state end,
			case when state = 'decided' then reason else '' end, 'specimen-' || i || '.example', 'order-' || i, created + interval '5 days', decided
		from drawn on conflict do nothing`,
	`insert into endpoints (id, tenant_id, kind, target, enabled) select md5(tenant || 'endpoint')::uuid, tenant, 'webhook', 'https://specimen.example/', false
		from drawn limit 1 on conflict do nothing`,
	`insert into deliveries (id, tenant_id, endpoint_id, event, submission_id, attempt_id, state, tries, created_at, finished_at)
		select md5(tenant || 'd' || i)::uuid, tenant, md5(tenant || 'endpoint')::uuid, 'attempt.decided', submission, attempt, 'delivered', 1, decided, decided
		from drawn where state = 'decided' on conflict do nothing`,
	`insert into tallies (tenant_id, hour, kind, reason, attempt, took, n)
		select tenant, date_trunc('hour', decided), kind, reason, 1, width_bucket(extract(epoch from decided - created)::int, array[5, 30, 120, 600, 3600, 21600, 86400]), count(*)
		from drawn where state = 'decided' group by 1, 2, 3, 4, 5, 6 on conflict do nothing`,
	// The newest came as one batch of twelve resellers.
	`insert into batches (id, tenant_id, profile, state, sha256, size, blob_key, created_at, read_at, finished_at)
		select md5(tenant || 'batch')::uuid, tenant, 'default', 'read', md5(tenant), 1, '', min(created), min(created), max(created) from newest x
		group by tenant on conflict do nothing`,
	`insert into batch_items (batch_id, row, tenant_id, external_id, reseller, submission_id, attempt_id)
		select md5(tenant || 'batch')::uuid, i + 1, tenant, 'order-' || i, 'reseller-' || (i / 7) % 12, submission, attempt from newest x on conflict do nothing`,
	`insert into findings (attempt_id, position, tenant_id, check_id, detail, reason, severity, field)
		select attempt, 0, tenant, 'MADE-UP', reason, reason, 'fail', 'name' from drawn where state = 'decided' and kind = 'rejected' on conflict do nothing`,
}

// Analyse tells the planner what is there now, and writes it to the disk, so that
// whoever measures next does not measure that.
func Analyse(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, `vacuum (analyze) submissions, attempts, outcomes, standings, deliveries, tallies, batches, batch_items, findings`); err != nil {
		return fmt.Errorf("analyse: %w", err)
	}
	if _, err := conn.Exec(ctx, `checkpoint`); err != nil {
		return fmt.Errorf("write to disk: %w", err)
	}
	return nil
}
