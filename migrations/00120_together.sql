-- +goose Up

-- Attempts come and are decided in batches, so what follows from them is written
-- for all rows of a statement at once, and not row by row.

-- +goose StatementBegin
create function attempts_came() returns trigger language plpgsql
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
create function outcomes_came() returns trigger language plpgsql
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

drop trigger attempts_tell on attempts;
drop trigger attempts_stand on attempts;
drop trigger attempts_tell_endpoints on attempts;
drop trigger outcomes_tell on outcomes;
drop trigger outcomes_stand on outcomes;

create trigger attempts_come after insert on attempts referencing new table as fresh for each statement execute function attempts_came();
create trigger outcomes_come after insert on outcomes referencing new table as fresh for each statement execute function outcomes_came();

-- What happens to an attempt between is rare, but for a worker that takes it and
-- the outcome that ends it, and these need no row trigger.
create trigger attempts_stand after update of state on attempts for each row
    when (old.state <> new.state and new.state <> 'decided' and not (old.state = 'queued' and new.state = 'running')) execute function attempt_standing();
create trigger attempts_tell after update of state on attempts for each row
    when (old.state <> new.state and new.state not in ('decided', 'running')) execute function attempt_event();
create trigger attempts_tell_endpoints after update of state on attempts for each row
    when (old.state <> new.state and new.state not in ('decided', 'running')) execute function attempt_tell();

-- +goose Down
drop trigger attempts_come on attempts;
drop trigger outcomes_come on outcomes;
drop trigger attempts_stand on attempts;
drop trigger attempts_tell on attempts;
drop trigger attempts_tell_endpoints on attempts;
drop function attempts_came, outcomes_came;
create trigger attempts_tell after insert or update of state on attempts for each row execute function attempt_event();
create trigger attempts_tell_endpoints after update of state on attempts for each row execute function attempt_tell();
create trigger attempts_stand after insert or update of state on attempts for each row execute function attempt_standing();
create trigger outcomes_tell after insert on outcomes for each row execute function outcome_tell();
create trigger outcomes_stand after insert on outcomes for each row execute function outcome_standing();
