-- +goose Up

-- What an endpoint wants, how it is told, and how it fares.
alter table endpoints
    add column name text not null default '',
    add column events text[] not null default '{}',  -- empty: all that its kind can be told
    add column digest text not null default '' check (digest in ('', 'batch', 'day')),
    add column language text not null default '',    -- empty: the registrant's, else zh-CN
    add column link text not null default '',        -- where a registrant resubmits
    add column at_once integer not null default 16 check (at_once between 1 and 256),
    add column old_secret text not null default '',  -- signs beside the new one until then
    add column old_secret_until timestamptz,
    add column failing_since timestamptz,            -- the first failure since the last arrival
    add column disabled_cause text not null default '',
    add column deleted_at timestamptz;

alter table endpoints drop constraint endpoints_kind_check;
alter table endpoints add constraint endpoints_kind_check check (kind in ('webhook', 'email', 'wecom', 'dingtalk', 'feishu'));

-- A delivery may be about a batch or an endpoint, and may wait to be gathered
-- into a digest. In order per submission means in the order of seq.
alter table deliveries
    alter column submission_id drop not null,
    alter column attempt_id drop not null,
    add column batch_id uuid references batches,
    add column about_id uuid references endpoints,   -- the endpoint that was disabled
    add column day date,                             -- of a daily digest
    add column digest_id uuid references deliveries, -- the message that gathered this one
    add column seq bigint generated always as identity,
    add column bounced_at timestamptz,
    add column bounce text not null default '';      -- the status that came back, such as 5.1.1

alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check check (state in ('due', 'held', 'digested', 'delivered', 'exhausted'));

create unique index deliveries_batch on deliveries (endpoint_id, batch_id, event) where batch_id is not null;
create unique index deliveries_day on deliveries (endpoint_id, day, event) where day is not null;
create index deliveries_ready on deliveries (endpoint_id, next_at, seq) where state = 'due';
create index deliveries_order on deliveries (endpoint_id, submission_id, seq) where state = 'due';
create index deliveries_held on deliveries (created_at) where state = 'held';
create index deliveries_gathered on deliveries (digest_id) where digest_id is not null;
create index deliveries_reminded on deliveries (attempt_id) where event = 'submission.deadline_near';
create index deliveries_tenant on deliveries (tenant_id, seq);
drop index deliveries_due;

-- A try may be recorded beside others of the same number: of a replay.
alter table delivery_tries drop constraint delivery_tries_pkey;
create index delivery_tries_delivery on delivery_tries (delivery_id, at);

-- What an attempt was deferred by, for messages that are sent after it went on.
create table deferrals (
    attempt_id uuid primary key references attempts,
    tenant_id  text not null references tenants,
    outcome    jsonb not null
);

-- Whether an endpoint wants to be told of an event. What has no registrant does
-- not go to registrants.
-- +goose StatementBegin
create function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select e.enabled and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.eligible_again', 'submission.deadline_near'))
$$;

-- tell writes one delivery for each endpoint that wants the event, and wakes the
-- notifiers when the transaction is committed. Telling again changes nothing.
create function tell(tenant text, what text, submission uuid, attempt uuid, batch uuid default null, about uuid default null)
returns integer language plpgsql as $$
declare
    n integer;
begin
    insert into deliveries (tenant_id, endpoint_id, event, submission_id, attempt_id, batch_id, about_id, state, created_at)
    select tenant, e.id, what, submission, attempt, batch, about,
        case when e.digest <> '' and what in ('attempt.decided', 'attempt.deferred', 'attempt.eligible_again') then 'held' else 'due' end,
        clock_timestamp()
    from endpoints e where e.tenant_id = tenant and endpoint_wants(e, what) and e.id is distinct from about
    on conflict do nothing;
    get diagnostics n = row_count;
    perform pg_notify('deliveries', '');
    return n;
end
$$;

-- An outcome is told with the row that it is, so that no writer can forget it. One
-- that is a manual review, and a parked attempt, asks for a person.
create function outcome_tell() returns trigger language plpgsql as $$
declare
    submission uuid := (select submission_id from attempts where id = new.attempt_id);
begin
    perform tell(new.tenant_id, 'attempt.decided', submission, new.attempt_id);
    if new.kind = 'manual_review' then
        perform tell(new.tenant_id, 'attempt.manual_review_asked', submission, new.attempt_id);
    end if;
    return null;
end
$$;

create function attempt_tell() returns trigger language plpgsql as $$
begin
    if new.state = 'parked' and old.state <> 'parked' then
        perform tell(new.tenant_id, 'attempt.manual_review_asked', new.submission_id, new.id);
    elsif new.state = 'waiting' and old.state <> 'waiting' and new.deferral is not null then
        insert into deferrals (attempt_id, tenant_id, outcome) values (new.id, new.tenant_id, new.deferral)
            on conflict (attempt_id) do update set outcome = excluded.outcome;
        perform tell(new.tenant_id, 'attempt.deferred', new.submission_id, new.id);
    elsif new.state = 'queued' and old.state = 'waiting' and old.deferral is not null then
        perform tell(new.tenant_id, 'attempt.eligible_again', new.submission_id, new.id);
    end if;
    return null;
end
$$;

create function batch_tell() returns trigger language plpgsql as $$
begin
    if new.finished_at is not null and old.finished_at is null then
        perform tell(new.tenant_id, 'batch.finished', null, null, new.id);
    end if;
    return null;
end
$$;

create function endpoint_tell() returns trigger language plpgsql as $$
begin
    if old.enabled and not new.enabled and new.disabled_cause in ('gone', 'failing') then
        perform tell(new.tenant_id, 'endpoint.disabled', null, null, null, new.id);
    end if;
    return null;
end
$$;
-- +goose StatementEnd

create trigger outcomes_tell after insert on outcomes for each row execute function outcome_tell();
create trigger attempts_tell_endpoints after update of state on attempts for each row execute function attempt_tell();
create trigger batches_tell_endpoints after update of finished_at on batches for each row execute function batch_tell();
create trigger endpoints_tell after update of enabled on endpoints for each row execute function endpoint_tell();

-- A tenant's own words for the mails to its registrants.
create table letters (
    tenant_id  text not null references tenants,
    language   text not null check (language in ('zh-CN', 'en')),
    subject    text not null,
    body       text not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, language)
);

-- +goose Down
drop table letters, deferrals;
drop trigger outcomes_tell on outcomes;
drop trigger attempts_tell_endpoints on attempts;
drop trigger batches_tell_endpoints on batches;
drop trigger endpoints_tell on endpoints;
drop function outcome_tell, attempt_tell, batch_tell, endpoint_tell, tell, endpoint_wants;
drop index delivery_tries_delivery;
delete from delivery_tries t using delivery_tries u where t.ctid > u.ctid and t.delivery_id = u.delivery_id and t.number = u.number;
alter table delivery_tries add primary key (delivery_id, number);
delete from delivery_tries using deliveries d where d.id = delivery_id and (d.attempt_id is null or d.state in ('held', 'digested'));
delete from deliveries where state in ('held', 'digested') or attempt_id is null;
drop index deliveries_batch, deliveries_day, deliveries_ready, deliveries_order, deliveries_held, deliveries_gathered, deliveries_reminded, deliveries_tenant;
create index deliveries_due on deliveries (next_at) where state = 'due';
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check check (state in ('due', 'delivered', 'exhausted'));
alter table deliveries
    drop column batch_id, drop column about_id, drop column day, drop column digest_id, drop column seq, drop column bounced_at, drop column bounce,
    alter column submission_id set not null, alter column attempt_id set not null;
delete from endpoints where kind not in ('webhook', 'email');
alter table endpoints drop constraint endpoints_kind_check;
alter table endpoints add constraint endpoints_kind_check check (kind in ('webhook', 'email'));
alter table endpoints
    drop column name, drop column events, drop column digest, drop column language, drop column link, drop column at_once,
    drop column old_secret, drop column old_secret_until, drop column failing_since, drop column disabled_cause, drop column deleted_at;
