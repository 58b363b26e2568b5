-- +goose Up

-- How often a registrant may try, and how soon again; 0 is no limit.
alter table tenants
    add column max_attempts integer not null default 0 check (max_attempts >= 0),
    add column cool_down interval not null default '0' check (cool_down >= '0');

-- Who did what. A row is written in the transaction of the deed and chained to
-- the one before it by its hash, so that nothing can be taken out or changed
-- without a trace.
create sequence audit_ids;
create table audit (
    id        bigint primary key,         -- drawn under the chain's lock, hence in its order
    tenant_id text not null references tenants,
    at        timestamptz not null default clock_timestamp(),
    actor     text not null,              -- id of an API key, or the account of an operator's command
    action    text not null,
    subject   uuid not null,              -- of what
    detail    jsonb not null default '{}', -- never a name or number of a person
    previous  bytea not null default '',
    hash      bytea not null default ''
);

create index audit_tenant on audit (tenant_id, id);
create index audit_subject on audit (subject, id);

-- +goose StatementBegin
create function audit_hash(a audit) returns bytea language sql stable as $$
    select sha256(a.previous || convert_to(concat_ws('|', a.id, a.tenant_id, extract(epoch from a.at), a.actor, a.action, a.subject, a.detail), 'UTF8'))
$$;

create function audit_chain() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('realname/audit/' || new.tenant_id, 0));
    new.id := nextval('audit_ids');
    new.at := clock_timestamp();
    new.previous := coalesce((select hash from audit where tenant_id = new.tenant_id order by id desc limit 1), '');
    new.hash := audit_hash(new);
    return new;
end
$$;
-- +goose StatementEnd

create trigger audit_chained before insert on audit for each row execute function audit_chain();
create trigger audit_never_changes before update or delete on audit for each row execute function refuse_change();
create trigger audit_never_emptied before truncate on audit for each statement execute function refuse_change();

-- The end of a batch: nothing of it is queued or in review any more.
alter table batches
    add column finished_at timestamptz,
    add column archive_kept boolean not null default true; -- its archive is in storage yet

drop index batches_tenant;
create index batches_tenant on batches (tenant_id, id); -- ids are in the order of time
create index batches_unfinished on batches (read_at) where state = 'read' and finished_at is null;
create index batches_archive on batches (created_at) where archive_kept and state in ('read', 'refused', 'cancelled');

-- An archive that comes in parts, so that a broken upload goes on where it broke.
create table archive_parts (
    tenant_id  text not null references tenants,
    archive    text not null,    -- SHA-256 of the whole, hex
    number     integer not null check (number >= 0),
    size       bigint not null,
    sha256     text not null,
    blob_key   text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, archive, number)
);

create index archive_parts_age on archive_parts (created_at);
create unique index archive_parts_blob on archive_parts (blob_key);

-- One proposed fix applied to many rows of a batch.
create table fixes (
    id         uuid primary key,
    tenant_id  text not null references tenants,
    batch_id   uuid not null references batches,
    detail     text not null,
    reseller   text not null,
    created_at timestamptz not null default now(),
    undone_at  timestamptz
);

create index fixes_batch on fixes (batch_id);

create table fix_items (
    fix_id     uuid not null references fixes,
    row        integer not null,
    tenant_id  text not null references tenants,
    attempt_id uuid not null references attempts,
    primary key (fix_id, row)
);

-- +goose StatementBegin
create or replace function batch_event() returns trigger language plpgsql as $$
declare
    what text := new.state;
begin
    if tg_op = 'UPDATE' and new.finished_at is not null and old.finished_at is null then
        what := 'finished';
    elsif tg_op = 'UPDATE' and (new.state = old.state or new.state = 'reading') then
        return null;
    end if;
    insert into events (tenant_id, kind, batch_id) values (new.tenant_id, 'batch.' || what, new.id);
    return null;
end
$$;
-- +goose StatementEnd

drop trigger batches_tell on batches;
create trigger batches_tell after insert or update of state, finished_at on batches for each row execute function batch_event();

-- +goose Down
drop trigger batches_tell on batches;
-- +goose StatementBegin
create or replace function batch_event() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.state = old.state or new.state = 'reading') then
        return null;
    end if;
    insert into events (tenant_id, kind, batch_id) values (new.tenant_id, 'batch.' || new.state, new.id);
    return null;
end
$$;
-- +goose StatementEnd
create trigger batches_tell after insert or update of state on batches for each row execute function batch_event();
drop table fix_items, fixes, archive_parts;
drop index batches_unfinished, batches_archive, batches_tenant;
create index batches_tenant on batches (tenant_id, created_at desc);
alter table batches drop column finished_at, drop column archive_kept;
drop function audit_hash;
drop table audit;
drop function audit_chain;
drop sequence audit_ids;
alter table tenants drop column max_attempts, drop column cool_down;
