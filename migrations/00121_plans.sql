-- +goose Up

-- A plan that was made for an empty table reads all of it once it is full, until
-- the first analyze. So the joins of these functions are planned for the tables as
-- they are: each takes a parameter (n, which changes nothing), since without one a
-- plan is always kept.
-- +goose StatementBegin
create or replace function attempts_came() returns trigger language plpgsql
    set plan_cache_mode = force_custom_plan as $$
declare
    n bigint := (select count(*) from fresh);
begin
    insert into events (tenant_id, kind, submission_id, attempt_id)
        select tenant_id, 'attempt.received', submission_id, id from fresh order by submission_id, number;
    insert into standings as s (submission_id, tenant_id, attempt_id, attempt_number, standing, subject_ref, external_id, deadline)
        select distinct on (u.id) u.id, u.tenant_id, f.id, f.number, case when f.state in ('queued', 'running', 'decided') then 'in_review' else f.state end,
            u.subject_ref, u.external_id, u.deadline
        from fresh f join submissions u on u.id = f.submission_id where n > 0 order by u.id, f.number desc
        on conflict (submission_id) do update set attempt_id = excluded.attempt_id, attempt_number = excluded.attempt_number,
            standing = excluded.standing, reason = '', deadline = excluded.deadline, changed_at = now()
            where s.attempt_number <= excluded.attempt_number;
    return null;
end
$$;

-- The end of an attempt is told with the outcome that it is: as an event, as the
-- submission's standing, and to each endpoint that wants to know. An outcome that
-- asks for a person says so after it was told.
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

-- +goose Down
-- +goose StatementBegin
create or replace function attempts_came() returns trigger language plpgsql
    -- The rows of a statement are few and each is found by its key. Without this a
    -- table that is new, and has no statistics, is read from end to end.
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    insert into events (tenant_id, kind, submission_id, attempt_id)
        select tenant_id, 'attempt.received', submission_id, id from fresh order by submission_id, number;
    insert into standings as s (submission_id, tenant_id, attempt_id, attempt_number, standing, subject_ref, external_id, deadline)
        select distinct on (u.id) u.id, u.tenant_id, n.id, n.number, case when n.state in ('queued', 'running', 'decided') then 'in_review' else n.state end,
            u.subject_ref, u.external_id, u.deadline
        from fresh n join submissions u on u.id = n.submission_id order by u.id, n.number desc
        on conflict (submission_id) do update set attempt_id = excluded.attempt_id, attempt_number = excluded.attempt_number,
            standing = excluded.standing, reason = '', deadline = excluded.deadline, changed_at = now()
            where s.attempt_number <= excluded.attempt_number;
    return null;
end
$$;

-- The end of an attempt is told with the outcome that it is: as an event, as the
-- submission's standing, and to each endpoint that wants to know. An outcome that
-- asks for a person says so after it was told.
create or replace function outcomes_came() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    told bigint;
begin
    with done as materialized (
        select a.submission_id, o.attempt_id, a.tenant_id, o.kind, o.primary_reason from fresh o join attempts a on a.id = o.attempt_id
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
