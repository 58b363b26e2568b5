-- +goose Up

-- What happened, for tenants who ask. A row is written in the transaction of the
-- change, by triggers, so that no writer can forget it.
create table events (
    id            bigint generated always as identity primary key,
    -- A sequence is no order of commits: a reader would skip what commits late
    -- with an early number. Read in the order of (xid, id), and only below every
    -- transaction that still runs, nothing is skipped.
    xid           xid8 not null default pg_current_xact_id(),
    tenant_id     text not null references tenants,
    kind          text not null,
    submission_id uuid,
    attempt_id    uuid,
    batch_id      uuid,
    at            timestamptz not null default clock_timestamp()
);

create index events_order on events (tenant_id, xid, id);

-- +goose StatementBegin
create function attempt_event() returns trigger language plpgsql as $$
declare
    what text;
begin
    if tg_op = 'INSERT' then
        what := 'attempt.received';
    elsif new.state = old.state or new.state = 'running' then
        return null; -- who reviews it is no news
    elsif new.state = 'queued' then
        if old.state <> 'waiting' then
            return null; -- it was given back by a worker
        end if;
        what := 'attempt.resumed';
    elsif new.state = 'waiting' then
        what := 'attempt.deferred';
    else
        what := 'attempt.' || new.state;
    end if;
    insert into events (tenant_id, kind, submission_id, attempt_id) values (new.tenant_id, what, new.submission_id, new.id);
    return null;
end
$$;

create function batch_event() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.state = old.state or new.state = 'reading') then
        return null;
    end if;
    insert into events (tenant_id, kind, batch_id) values (new.tenant_id, 'batch.' || new.state, new.id);
    return null;
end
$$;
-- +goose StatementEnd

create trigger attempts_tell after insert or update of state on attempts for each row execute function attempt_event();
create trigger batches_tell after insert or update of state on batches for each row execute function batch_event();

-- +goose Down
drop trigger attempts_tell on attempts;
drop trigger batches_tell on batches;
drop function attempt_event, batch_event;
drop table events;
