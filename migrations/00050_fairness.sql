-- +goose Up

-- What came in a batch waits behind what came alone, and every tenant's rows are
-- found without reading those of the others.
alter table attempts add column bulk boolean not null default false;
alter table outbox add column bulk boolean not null default false;

create index outbox_fair on outbox (subject, bulk, tenant_id, due_at, id);
create index outbox_urgent on outbox (subject, due_at, id);
drop index outbox_due;

create index attempts_unclaimed on attempts (bulk, created_at) where state = 'queued';
drop index attempts_queued;

-- The outbox is a queue: its rows live for moments, and dead ones in front of the
-- living make every look slower.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- +goose Down
create index attempts_queued on attempts (created_at) where state = 'queued';
create index outbox_due on outbox (due_at, id);
drop index attempts_unclaimed, outbox_urgent, outbox_fair;
alter table outbox reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
alter table outbox drop column bulk;
alter table attempts drop column bulk;
