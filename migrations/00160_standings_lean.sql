-- +goose Up

-- A standing is written when its submission comes and when it is decided, each time in
-- every index that holds it. Most are approved at once: an index holds only what is
-- looked for in it.
drop index standings_both, standings_queue, standings_due, standings_ended;
create index standings_both on standings (tenant_id, standing, reason, submission_id) where reason <> '';
create index standings_queue on standings (tenant_id, standing, (coalesce(deadline, 'infinity'::timestamptz)), submission_id) where standing in ('manual_review', 'parked');
create index standings_due on standings (tenant_id, (coalesce(deadline, 'infinity'::timestamptz)), submission_id) where standing not in ('approved', 'withdrawn') and deadline is not null;
create index standings_ended on standings (tenant_id, standing, changed_at) where not erased and standing in ('approved', 'rejected', 'asked', 'withdrawn');

-- +goose Down
drop index standings_both, standings_queue, standings_due, standings_ended;
create index standings_both on standings (tenant_id, standing, reason, submission_id);
create index standings_queue on standings (tenant_id, standing, (coalesce(deadline, 'infinity'::timestamptz)), submission_id);
create index standings_due on standings (tenant_id, (coalesce(deadline, 'infinity'::timestamptz)), submission_id) where standing not in ('approved', 'withdrawn');
create index standings_ended on standings (tenant_id, standing, changed_at) where not erased;
