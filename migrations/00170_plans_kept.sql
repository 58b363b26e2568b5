-- +goose Up

-- These functions planned anew at each call, and with them each check of a foreign key:
-- a fifth of the database's time. A plan may be kept when it goes by indexes in any
-- case, which is right for the few rows that come at a time, however large the tables
-- are or were when it was made.
alter function attempts_came() reset plan_cache_mode;
alter function attempts_came() set enable_seqscan = off;
alter function attempts_came() set enable_hashjoin = off;
alter function attempts_came() set enable_mergejoin = off;
alter function outcomes_came() reset plan_cache_mode;
alter function outcomes_came() set enable_seqscan = off;
alter function outcomes_came() set enable_hashjoin = off;
alter function outcomes_came() set enable_mergejoin = off;

-- +goose Down
alter function attempts_came() reset all;
alter function attempts_came() set plan_cache_mode = force_custom_plan;
alter function outcomes_came() reset all;
alter function outcomes_came() set plan_cache_mode = force_custom_plan;
