-- +goose Up

-- What is to be told to NATS. A row is deleted once JetStream has acknowledged
-- it; the sweep writes it again for work that is late.
create table outbox (
    id         bigint generated always as identity primary key,
    tenant_id  text not null references tenants,
    subject    text not null,
    ref        uuid not null,
    not_before timestamptz not null default now(),
    due_at     timestamptz not null default now(), -- the most urgent goes first
    created_at timestamptz not null default now()
);

create index outbox_due on outbox (due_at, id);
create index outbox_ref on outbox (ref);

create table endpoints (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    kind        text not null check (kind in ('webhook', 'email')),
    target      text not null,
    secret      text not null default '',
    enabled     boolean not null default true,
    disabled_at timestamptz,
    created_at  timestamptz not null default now()
);

create index endpoints_tenant on endpoints (tenant_id) where enabled;

create table deliveries (
    id            uuid primary key default gen_random_uuid(),
    tenant_id     text not null references tenants,
    endpoint_id   uuid not null references endpoints,
    event         text not null,
    submission_id uuid not null references submissions,
    attempt_id    uuid not null references attempts,
    state         text not null default 'due' check (state in ('due', 'delivered', 'exhausted')),
    tries         integer not null default 0,
    epoch         bigint not null default 0,
    lease_until   timestamptz,
    next_at       timestamptz not null default now(),
    created_at    timestamptz not null default now(),
    finished_at   timestamptz,
    unique (endpoint_id, attempt_id, event)
);

create index deliveries_due on deliveries (next_at) where state = 'due';

create table delivery_tries (
    delivery_id uuid not null references deliveries,
    number      integer not null,
    tenant_id   text not null references tenants,
    at          timestamptz not null,
    took        interval not null,
    status      integer not null,
    answer      text not null,
    error       text not null,
    primary key (delivery_id, number)
);

-- +goose Down
drop table delivery_tries, deliveries, endpoints, outbox;
