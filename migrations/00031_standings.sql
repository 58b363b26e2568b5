-- +goose Up

-- Where each submission stands, as people look for it: one narrow row that every
-- list of the console is read from, so that no page reads the attempts of a
-- million submissions. Triggers keep it, so that no writer can forget it.
create table standings (
    submission_id  uuid primary key references submissions,
    tenant_id      text not null references tenants,
    attempt_id     uuid not null,
    attempt_number integer not null,
    standing       text not null check (standing in ('in_review', 'waiting', 'parked', 'manual_review', 'approved', 'rejected', 'asked', 'withdrawn')),
    reason         text not null default '',  -- the primary one
    subject_ref    text not null,
    external_id    text not null default '',
    deadline       timestamptz,
    changed_at     timestamptz not null default now(),
    assignee       uuid references users
);

create index standings_newest on standings (tenant_id, submission_id);
create index standings_standing on standings (tenant_id, standing, submission_id);
create index standings_reason on standings (tenant_id, reason, submission_id) where reason <> '';
create index standings_both on standings (tenant_id, standing, reason, submission_id);
create index standings_queue on standings (tenant_id, standing, (coalesce(deadline, 'infinity'::timestamptz)), submission_id);
create index standings_due on standings (tenant_id, (coalesce(deadline, 'infinity'::timestamptz)), submission_id) where standing not in ('approved', 'withdrawn');
create index standings_subject on standings (tenant_id, subject_ref collate "C", submission_id);
create index standings_assignee on standings (tenant_id, assignee, submission_id) where assignee is not null;

create index deliveries_submission on deliveries (submission_id);

-- +goose StatementBegin
create function attempt_standing() returns trigger language plpgsql as $$
declare
    now_at text := case new.state when 'queued' then 'in_review' when 'running' then 'in_review' when 'decided' then 'in_review' else new.state end;
begin
    if tg_op = 'UPDATE' and (new.state = 'decided' or now_at = case old.state when 'queued' then 'in_review' when 'running' then 'in_review' else old.state end) then
        return null; -- the outcome tells it, or nothing changed
    end if;
    insert into standings as s (submission_id, tenant_id, attempt_id, attempt_number, standing, subject_ref, external_id, deadline)
    select u.id, u.tenant_id, new.id, new.number, now_at, u.subject_ref, u.external_id, u.deadline
    from submissions u where u.id = new.submission_id
    on conflict (submission_id) do update set attempt_id = excluded.attempt_id, attempt_number = excluded.attempt_number,
        standing = excluded.standing, reason = '', deadline = excluded.deadline, changed_at = now()
        where s.attempt_number <= excluded.attempt_number;
    return null;
end
$$;

create function outcome_standing() returns trigger language plpgsql as $$
begin
    update standings set standing = new.kind, reason = new.primary_reason, changed_at = now()
        where attempt_id = new.attempt_id and submission_id = (select submission_id from attempts where id = new.attempt_id);
    return null;
end
$$;

create function submission_standing() returns trigger language plpgsql as $$
begin
    update standings set deadline = new.deadline where submission_id = new.id;
    return null;
end
$$;
-- +goose StatementEnd

create trigger attempts_stand after insert or update of state on attempts for each row execute function attempt_standing();
create trigger outcomes_stand after insert on outcomes for each row execute function outcome_standing();
create trigger submissions_stand after update of hold_at, times_out_at on submissions for each row execute function submission_standing();

insert into standings (submission_id, tenant_id, attempt_id, attempt_number, standing, reason, subject_ref, external_id, deadline, changed_at)
select distinct on (a.submission_id) a.submission_id, a.tenant_id, a.id, a.number,
    case when a.state in ('queued', 'running') then 'in_review' when a.state = 'decided' then o.kind else a.state end,
    coalesce(o.primary_reason, ''), s.subject_ref, s.external_id, s.deadline, coalesce(a.decided_at, a.created_at)
from attempts a join submissions s on s.id = a.submission_id left join outcomes o on o.attempt_id = a.id
order by a.submission_id, a.number desc;

-- +goose Down
drop trigger attempts_stand on attempts;
drop trigger outcomes_stand on outcomes;
drop trigger submissions_stand on submissions;
drop function attempt_standing, outcome_standing, submission_standing;
drop table standings;
drop index deliveries_submission;
