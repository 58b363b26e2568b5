-- +goose Up

-- What a person decided in manual review: a record on top of the outcome, which
-- never changes. With the tenant's second-person check, a decision is final once
-- another person has decided the same.
create table decisions (
    id            uuid primary key,
    tenant_id     text not null references tenants,
    submission_id uuid not null references submissions,
    attempt_id    uuid not null references attempts,
    verdict       text not null check (verdict in ('approve', 'reject', 'ask')),
    reasons       text[] not null default '{}', -- of the catalogue; the primary first
    note          text not null default '',     -- for colleagues; never identity data
    decided_by    uuid not null references users,
    decided_at    timestamptz not null default now(),
    final         boolean not null
);

create unique index decisions_final on decisions (attempt_id) where final;
create index decisions_attempt on decisions (attempt_id, decided_at);

create trigger decisions_never_change before update or delete on decisions for each row execute function refuse_change();

-- Who looks at an attempt just now.
create table claims (
    attempt_id uuid primary key references attempts,
    tenant_id  text not null references tenants,
    user_id    uuid not null references users,
    until      timestamptz not null
);

-- What for somebody sees a submission's images and whole numbers, and how long.
create table reveals (
    session       bytea not null references sessions on delete cascade,
    submission_id uuid not null references submissions,
    tenant_id     text not null references tenants,
    purpose       text not null,
    until         timestamptz not null,
    primary key (session, submission_id)
);

alter table tenants add column second_person boolean not null default false;

-- +goose StatementBegin
create function decision_stands() returns trigger language plpgsql as $$
begin
    if not new.final then
        return null;
    end if;
    update standings set changed_at = now(), reason = coalesce(new.reasons[1], ''),
        standing = case new.verdict when 'approve' then 'approved' when 'reject' then 'rejected' else 'asked' end
        where submission_id = new.submission_id and attempt_id = new.attempt_id;
    insert into events (tenant_id, kind, submission_id, attempt_id) values (new.tenant_id, 'attempt.reviewed', new.submission_id, new.attempt_id);
    perform tell(new.tenant_id, 'attempt.reviewed', new.submission_id, new.attempt_id);
    return null;
end
$$;

create or replace function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select e.enabled and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'attempt.eligible_again', 'submission.deadline_near'))
$$;
-- +goose StatementEnd

create trigger decisions_stand after insert on decisions for each row execute function decision_stands();

-- +goose Down
drop table reveals, claims, decisions;
drop function decision_stands;
alter table tenants drop column second_person;
-- +goose StatementBegin
create or replace function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select e.enabled and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.eligible_again', 'submission.deadline_near'))
$$;
-- +goose StatementEnd
