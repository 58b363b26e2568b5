-- +goose Up

create table api_keys (
    id         text primary key,
    tenant_id  text not null references tenants,
    hash       bytea not null,               -- SHA-256 of the secret
    scopes     text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
);

create table submissions (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    subject_ref text not null,
    external_id text not null default '',
    profile     text not null,
    created_at  timestamptz not null default now(),
    hold_at     timestamptz
);

create unique index submissions_external on submissions (tenant_id, external_id) where external_id <> '';

create table attempts (
    id            uuid primary key,
    tenant_id     text not null references tenants,
    submission_id uuid not null references submissions,
    number        integer not null check (number >= 1),
    state         text not null check (state in ('queued', 'running', 'waiting', 'parked', 'decided', 'withdrawn')),
    declared      jsonb not null,
    number_hash   bytea not null,            -- of the declared number, for the tenant's history
    name_hash     bytea not null,
    created_at    timestamptz not null default now(),
    epoch         bigint not null default 0, -- fences every write of a worker
    worker        text,
    lease_until   timestamptz,
    crashes       integer not null default 0, -- claims that ended without a word
    errors        integer not null default 0, -- claims that ended with an error of ours
    retry_at      timestamptz,
    eligible_at   timestamptz,               -- of a deferral
    deferral      jsonb,                     -- the outcome that deferred it
    facts         jsonb,                     -- what was measured and read, to go on without the images
    parked_cause  text not null default '',
    decided_at    timestamptz,
    unique (submission_id, number)
);

create unique index attempts_one_open on attempts (submission_id) where state in ('queued', 'running', 'waiting', 'parked');
create index attempts_lease on attempts (lease_until) where state = 'running';
create index attempts_queued on attempts (created_at) where state = 'queued';
create index attempts_eligible on attempts (eligible_at) where state = 'waiting';
create index attempts_number on attempts (tenant_id, number_hash);

create table documents (
    id         uuid primary key,
    tenant_id  text not null references tenants,
    attempt_id uuid not null references attempts,
    position   integer not null,
    role       text not null,
    extension  text not null,
    size       bigint not null,
    sha256     text not null,
    blob_key   text not null,
    unique (attempt_id, position)
);

create table outcomes (
    attempt_id     uuid primary key references attempts,
    tenant_id      text not null references tenants,
    kind           text not null check (kind in ('approved', 'rejected', 'manual_review')),
    primary_reason text not null,
    outcome        jsonb not null,
    rule_set       text not null,
    decided_at     timestamptz not null default now()
);

create index outcomes_decided on outcomes (tenant_id, decided_at);

create table findings (
    attempt_id uuid not null references attempts,
    position   integer not null,
    tenant_id  text not null references tenants,
    check_id   text not null,
    detail     text not null,
    reason     text not null,
    severity   text not null,
    field      text not null,
    primary key (attempt_id, position)
);

-- An outcome is written once. Whoever disagrees writes a decision on top.
-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows never change', tg_table_name;
end
$$;
-- +goose StatementEnd

create trigger outcomes_never_change before update or delete on outcomes
    for each row execute function refuse_change();

create table idempotency_keys (
    tenant_id     text not null references tenants,
    key           text not null,
    body_hash     bytea not null,
    submission_id uuid not null references submissions,
    created_at    timestamptz not null default now(),
    primary key (tenant_id, key)
);

-- +goose Down
drop table idempotency_keys, findings, outcomes, documents, attempts, submissions, api_keys;
drop function refuse_change;
