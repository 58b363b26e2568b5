-- +goose Up

-- Filters of the list of submissions that people come back to. They hold what an
-- address may hold: no name and no number.
create table saved_filters (
    id         uuid primary key,
    tenant_id  text not null references tenants,
    user_id    uuid not null references users,
    name       text not null,
    query      text not null,
    shared     boolean not null default false, -- for everybody of the tenant
    created_at timestamptz not null default now()
);

create index saved_filters_tenant on saved_filters (tenant_id, user_id);

-- +goose Down
drop table saved_filters;
