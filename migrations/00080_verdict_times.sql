-- +goose Up

-- When the registry said it, so that its word meets the attempt that it is about and
-- an older word never replaces a newer one.
alter table registry_verdicts add column said_at timestamptz;

-- A registry names a domain.
create index submissions_subject on submissions (tenant_id, subject_ref);

-- +goose Down
drop index submissions_subject;
alter table registry_verdicts drop column said_at;
