-- +goose Up

-- What was asked of each source on each day of Shanghai's calendar, over all
-- workers: the day's quota is kept by it, and the bill is checked against it.
create table authority_usage (
    source text not null,
    day    date not null,
    asked  bigint not null default 0,
    cost   numeric(14, 4) not null default 0,
    primary key (source, day)
);

-- +goose Down
drop table authority_usage;
