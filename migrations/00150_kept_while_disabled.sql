-- +goose Up

-- What happens while an endpoint is disabled by us, and not by its owner, is written
-- for it all the same, for 30 days: enabled again, it has missed nothing.
-- +goose StatementBegin
create or replace function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select (e.enabled or e.disabled_cause in ('gone', 'failing') and e.disabled_at > now() - interval '30 days')
        and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.eligible_again', 'submission.deadline_near'))
$$;

create or replace function outcomes_came() returns trigger language plpgsql
    set plan_cache_mode = force_custom_plan as $$
declare
    n bigint := (select count(*) from fresh);
    told bigint;
begin
    with done as materialized (
        select a.submission_id, o.attempt_id, a.tenant_id, o.kind, o.primary_reason from fresh o join attempts a on a.id = o.attempt_id where n > 0
    ), event as (
        insert into events (tenant_id, kind, submission_id, attempt_id) select tenant_id, 'attempt.decided', submission_id, attempt_id from done
    ), stands as (
        update standings s set standing = d.kind, reason = d.primary_reason, changed_at = now()
        from done d where s.submission_id = d.submission_id and s.attempt_id = d.attempt_id
    ), delivery as (
        insert into deliveries (tenant_id, endpoint_id, event, submission_id, attempt_id, state, created_at)
        select d.tenant_id, e.id, w.what, d.submission_id, d.attempt_id, case when e.digest <> '' and w.place = 1 then 'held' else 'due' end, clock_timestamp()
        from done d join endpoints e on e.tenant_id = d.tenant_id
            cross join (values (1, 'attempt.decided'), (2, 'attempt.manual_review_asked')) as w(place, what)
        where (w.place = 1 or d.kind = 'manual_review') and endpoint_wants(e, w.what)
        order by d.attempt_id, w.place
        on conflict do nothing
        returning 1
    )
    select count(*) into told from delivery;
    if told > 0 then
        perform pg_notify('deliveries', '');
    end if;
    return null;
end
$$;

-- Who reads no mails of ours any more is told to the others, too.
create or replace function endpoint_tell() returns trigger language plpgsql as $$
begin
    if old.enabled and not new.enabled and new.disabled_cause in ('gone', 'failing', 'unsubscribed') then
        perform tell(new.tenant_id, 'endpoint.disabled', null, null, null, new.id);
    end if;
    return null;
end
$$;
-- +goose StatementEnd

drop index endpoints_tenant;
create index endpoints_tenant on endpoints (tenant_id);

-- What an endpoint did not ask for until now is not owed to it, either.
drop trigger endpoints_enabled on endpoints;
create trigger endpoints_enabled before update of enabled, events on endpoints
    for each row when (new.enabled and not old.enabled or new.events is distinct from old.events) execute function endpoint_enabled();
update endpoints set enabled_at = now() where not enabled;

-- +goose Down
drop trigger endpoints_enabled on endpoints;
create trigger endpoints_enabled before update of enabled on endpoints
    for each row when (new.enabled and not old.enabled) execute function endpoint_enabled();
drop index endpoints_tenant;
create index endpoints_tenant on endpoints (tenant_id) where enabled;
-- +goose StatementBegin
create or replace function endpoint_tell() returns trigger language plpgsql as $$
begin
    if old.enabled and not new.enabled and new.disabled_cause in ('gone', 'failing') then
        perform tell(new.tenant_id, 'endpoint.disabled', null, null, null, new.id);
    end if;
    return null;
end
$$;

create or replace function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select e.enabled and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'attempt.eligible_again', 'submission.deadline_near'))
$$;

create or replace function outcomes_came() returns trigger language plpgsql
    set plan_cache_mode = force_custom_plan as $$
declare
    n bigint := (select count(*) from fresh);
    told bigint;
begin
    with done as materialized (
        select a.submission_id, o.attempt_id, a.tenant_id, o.kind, o.primary_reason from fresh o join attempts a on a.id = o.attempt_id where n > 0
    ), event as (
        insert into events (tenant_id, kind, submission_id, attempt_id) select tenant_id, 'attempt.decided', submission_id, attempt_id from done
    ), stands as (
        update standings s set standing = d.kind, reason = d.primary_reason, changed_at = now()
        from done d where s.submission_id = d.submission_id and s.attempt_id = d.attempt_id
    ), delivery as (
        insert into deliveries (tenant_id, endpoint_id, event, submission_id, attempt_id, state, created_at)
        select d.tenant_id, e.id, w.what, d.submission_id, d.attempt_id, case when e.digest <> '' and w.place = 1 then 'held' else 'due' end, clock_timestamp()
        from done d join endpoints e on e.tenant_id = d.tenant_id and e.enabled
            cross join (values (1, 'attempt.decided'), (2, 'attempt.manual_review_asked')) as w(place, what)
        where (w.place = 1 or d.kind = 'manual_review') and endpoint_wants(e, w.what)
        order by d.attempt_id, w.place
        on conflict do nothing
        returning 1
    )
    select count(*) into told from delivery;
    if told > 0 then
        perform pg_notify('deliveries', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
