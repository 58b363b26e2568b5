-- +goose Up

-- Many submissions sent as one archive. The archive itself is kept only until
-- its rows have been read.
create table batches (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    profile     text not null,
    state       text not null default 'received' check (state in ('received', 'reading', 'read', 'refused', 'cancelled')),
    sha256      text not null,
    size        bigint not null,
    blob_key    text not null,
    faults      jsonb not null default '[]', -- of the archive and of files that no row names
    epoch       bigint not null default 0,   -- fences every write of a reader
    lease_until timestamptz,
    created_at  timestamptz not null default now(),
    read_at     timestamptz
);

-- Sending the same archive again changes nothing.
create unique index batches_content on batches (tenant_id, sha256) where state <> 'cancelled';
create index batches_tenant on batches (tenant_id, created_at desc);
create index batches_unread on batches (created_at) where state in ('received', 'reading');

create table batch_items (
    batch_id      uuid not null references batches,
    row           integer not null,
    tenant_id     text not null references tenants,
    external_id   text not null default '',
    reseller      text not null default '',
    submission_id uuid references submissions,
    attempt_id    uuid references attempts,
    faults        jsonb not null default '[]', -- why the row could not be taken
    cells         jsonb,                       -- of a row that could not be taken, to be mended
    primary key (batch_id, row)
);

create index batch_items_attempt on batch_items (attempt_id);

-- +goose Down
drop table batch_items, batches;
