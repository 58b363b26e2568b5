-- +goose Up

-- The organisation register: public data of no tenant, in a schema of its own. Each
-- loading is a table, filled and indexed beside the one in use, which a view names.
-- So a swap is one change of a view, and the last version can be taken back.
create schema register;

create table register.versions (
    id        bigint generated always as identity primary key,
    as_of     date not null,     -- what happened later is not in it
    names     bigint not null,   -- rows, present and former names
    in_use    boolean not null default false,
    loaded_at timestamptz not null default now()
);

create unique index register_in_use on register.versions (in_use) where in_use;

create table register.names_0 (
    code        text not null,
    name        text not null,
    former      boolean not null,
    status      text not null,
    established date,
    registered  date,
    authority   text not null,
    k0 bigint not null, k1 bigint not null, k2 bigint not null, k3 bigint not null, k4 bigint not null
);

create view register.names as select * from register.names_0;

-- +goose Down
drop schema register cascade;
