-- +goose Up

-- The data key of each stored object, wrapped by the deployment's key. Without
-- its row an object, and every copy of it in a backup of the storage, is noise.
create table blob_keys (
    blob_key   text primary key,
    tenant_id  text not null references tenants,
    wrapped    bytea not null,
    created_at timestamptz not null default now()
);

create index blob_keys_tenant on blob_keys (tenant_id);

-- +goose Down
drop table blob_keys;
