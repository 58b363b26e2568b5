-- +goose Up

-- Reports of what the outcomes of a tenant would be under other rules. They hold
-- counts and ids, and change nothing else.
create table replays (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    created_by  uuid not null references users,
    days        integer not null,
    overrides   text not null default '',   -- rules in YAML over those of the service
    rule_set    text not null,
    state       text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
    reached     uuid not null,              -- the submission up to which it has come
    expected    integer not null,
    total       integer not null default 0, -- outcomes decided again
    flips       integer not null default 0,
    report      jsonb not null default '{}',
    lease_until timestamptz,
    created_at  timestamptz not null default now(),
    finished_at timestamptz
);

create index replays_tenant on replays (tenant_id, id);
create index replays_open on replays (created_at) where state in ('waiting', 'running');

-- Ingest finds the open ones, and does each as its tenant.
create policy next on replays to realname_intake using (true) with check (true);
grant select on replays to realname_intake;
grant update (lease_until) on replays to realname_intake;

-- +goose Down
drop table replays;
