-- +goose Up

-- What a registry said of an attempt that we decided: its words, and what they
-- were understood as. A text that was not understood waits for somebody to read it.
create table registry_verdicts (
    attempt_id  uuid primary key references attempts,
    tenant_id   text not null references tenants,
    passed      boolean not null,
    words       text not null default '', -- without numbers of anybody
    reason      text not null default '', -- empty: passed, or not understood
    detail      text not null default '',
    imported_at timestamptz not null default now()
);

create index registry_verdicts_unread on registry_verdicts (imported_at) where not passed and reason = '';

-- +goose Down
drop table registry_verdicts;
