-- +goose Up

-- An attempt that only the issuing body's word is missing for has a lane of its
-- own, and waits there until its source is to be asked again.
alter table attempts
    add column lane text not null default 'review' check (lane in ('review', 'authority')),
    add column ask_at timestamptz;

create index attempts_ask on attempts (ask_at) where state = 'waiting' and lane = 'authority';

-- +goose StatementBegin
create or replace function attempt_event() returns trigger language plpgsql as $$
declare
    what text;
begin
    if tg_op = 'INSERT' then
        what := 'attempt.received';
    elsif new.state = old.state or new.state = 'running' then
        return null; -- who reviews it is no news
    elsif new.state = 'queued' then
        if old.state <> 'waiting' or new.lane = 'authority' then
            return null; -- it was given back by a worker, or its source is asked again
        end if;
        what := 'attempt.resumed';
    elsif new.state = 'waiting' and new.deferral is null then
        if old.ask_at is not null then
            return null; -- it waits on
        end if;
        what := 'attempt.waiting';
    elsif new.state = 'waiting' then
        what := 'attempt.deferred';
    else
        what := 'attempt.' || new.state;
    end if;
    insert into events (tenant_id, kind, submission_id, attempt_id) values (new.tenant_id, what, new.submission_id, new.id);
    return null;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function attempt_event() returns trigger language plpgsql as $$
declare
    what text;
begin
    if tg_op = 'INSERT' then
        what := 'attempt.received';
    elsif new.state = old.state or new.state = 'running' then
        return null;
    elsif new.state = 'queued' then
        if old.state <> 'waiting' then
            return null;
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
-- +goose StatementEnd
drop index attempts_ask;
alter table attempts drop column ask_at, drop column lane;
