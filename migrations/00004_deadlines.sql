-- +goose Up

-- Until when somebody must have acted: the registry holds the domain at hold_at
-- and closes a review without an answer at times_out_at. Work is sorted by the
-- earlier one.
alter table submissions add column times_out_at timestamptz;
alter table submissions add column deadline timestamptz generated always as (least(hold_at, times_out_at)) stored;
create index submissions_deadline on submissions (tenant_id, deadline);

-- +goose Down
alter table submissions drop column deadline;
alter table submissions drop column times_out_at;
