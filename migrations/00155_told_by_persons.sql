-- +goose Up

-- A registrant is told by mail, too, what a person decided.
-- +goose StatementBegin
create or replace function endpoint_wants(e endpoints, what text) returns boolean language sql stable as $$
    select (e.enabled or e.disabled_cause in ('gone', 'failing') and e.disabled_at > now() - interval '30 days')
        and case when cardinality(e.events) > 0 then what = any (e.events)
            else e.kind <> 'email' or what in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'submission.deadline_near') end
        and not (e.kind = 'email' and e.target = '' and what not in ('attempt.decided', 'attempt.deferred', 'attempt.reviewed', 'attempt.eligible_again', 'submission.deadline_near'))
$$;
-- +goose StatementEnd

-- +goose Down
-- What a person decided is told with either version.
select 1;
