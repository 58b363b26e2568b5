-- +goose Up

-- Outcomes counted by the hour, so that a chart reads hundreds of rows and not
-- hundreds of thousands. An hour is counted anew until it is over.
create table tallies (
    tenant_id text not null references tenants,
    hour      timestamptz not null,
    kind      text not null,
    reason    text not null,
    attempt   integer not null,  -- 1 to 4; 4 is the fourth and later
    took      integer not null,  -- which span from upload to outcome
    n         integer not null,
    primary key (tenant_id, hour, kind, reason, attempt, took)
);

-- +goose Down
drop table tallies;
