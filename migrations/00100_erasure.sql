-- +goose Up

-- What must be kept though somebody asks for its erasure, or its time is over.
create table legal_holds (
    submission_id uuid primary key references submissions,
    tenant_id     text not null references tenants,
    reason        text not null check (reason <> ''), -- a file number; never a name or number of a person
    placed_by     text not null,
    placed_at     timestamptz not null default now()
);

-- How long the data of a submission is kept after it ended so; for ever without a row.
create table retentions (
    tenant_id       text not null references tenants,
    credential_type text not null default '', -- empty: of every type that has no row of its own
    ending          text not null check (ending in ('approved', 'rejected', 'asked', 'withdrawn', 'row_not_taken')),
    days            integer not null check (days between 1 and 36500),
    primary key (tenant_id, credential_type, ending)
);

-- A wish to erase, and what it is about. It outlives what it erases, so nothing of
-- that is referenced; it holds ids alone.
create table erasures (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    purpose     text not null,
    actor       text not null,
    asked_at    timestamptz not null default now(),
    finished_at timestamptz
);

create index erasures_open on erasures (asked_at) where finished_at is null;

create table erasure_items (
    id            bigint generated always as identity primary key,
    erasure_id    uuid not null references erasures,
    tenant_id     text not null references tenants,
    submission_id uuid,
    batch_id      uuid, -- of a row that could not be taken, whose cells are kept to be mended
    row           integer,
    state         text not null default 'waiting' check (state in ('waiting', 'held', 'done')),
    check ((submission_id is null) <> (batch_id is null and row is null)),
    unique nulls not distinct (erasure_id, submission_id, batch_id, row)
);

create index erasure_items_open on erasure_items (erasure_id, id) where state <> 'done';
create index erasure_items_submission on erasure_items (submission_id) where submission_id is not null;

-- Since when nothing may be added to a submission, for its data is being erased.
alter table submissions add column erased_at timestamptz;
alter table standings add column erased boolean not null default false;
create index standings_ended on standings (tenant_id, standing, changed_at) where not erased;
create index batch_items_cells on batch_items (batch_id) where cells is not null;
create index batch_items_number on batch_items using hash ((cells->>'credential_no')) where cells is not null;

-- What is left of an outcome when its person is erased: what was decided and why,
-- without a value.
-- +goose StatementBegin
create function erased_outcome(o jsonb) returns jsonb language sql immutable as $$
    select o || jsonb_build_object('findings', coalesce((
        select jsonb_agg((select jsonb_object_agg(k, v) from jsonb_each(f) e(k, v)
                where k in ('check', 'detail', 'stage', 'reason', 'severity', 'field', 'leads', 'eligible_at')) order by n)
        from jsonb_array_elements(case jsonb_typeof(o->'findings') when 'array' then o->'findings' else '[]' end) with ordinality x(f, n)), '[]'))
$$;

-- An outcome and a decision never change, but for what erasure takes out of them.
create function refuse_change_but_erasure() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'outcomes' then
        if to_jsonb(new) - 'outcome' = to_jsonb(old) - 'outcome' and new.outcome = erased_outcome(old.outcome) then
            return new;
        end if;
    elsif tg_op = 'UPDATE' and to_jsonb(new) - 'note' = to_jsonb(old) - 'note' and new.note = '' then
        return new;
    end if;
    raise exception '% rows never change', tg_table_name;
end
$$;
-- +goose StatementEnd

drop trigger outcomes_never_change on outcomes;
create trigger outcomes_never_change before update or delete on outcomes for each row execute function refuse_change_but_erasure();
drop trigger decisions_never_change on decisions;
create trigger decisions_never_change before update or delete on decisions for each row execute function refuse_change_but_erasure();

select protect_tenants();
grant update (outcome) on outcomes to realname_work;
grant delete on idempotency_keys to realname_work;
revoke delete on erasures, erasure_items from realname_tenant, realname_work, realname_admin;

-- +goose Down
drop trigger outcomes_never_change on outcomes;
create trigger outcomes_never_change before update or delete on outcomes for each row execute function refuse_change();
drop trigger decisions_never_change on decisions;
create trigger decisions_never_change before update or delete on decisions for each row execute function refuse_change();
revoke update (outcome) on outcomes from realname_work;
revoke delete on idempotency_keys from realname_work;
drop function refuse_change_but_erasure, erased_outcome;
drop index batch_items_number, batch_items_cells, standings_ended;
alter table standings drop column erased;
alter table submissions drop column erased_at;
drop table erasure_items, erasures, retentions, legal_holds;
