-- +goose Up

-- The people who sign in to the console. One person may work for several tenants.
create table users (
    id         uuid primary key,
    login      text not null unique check (login = lower(login)),
    name       text not null,
    password   text not null default '',   -- argon2id; empty: none, the person comes by OpenID Connect
    one_time   boolean not null default false, -- the password is good for one sign-in, which must choose another
    good_until timestamptz,                -- of a one-time password
    issuer     text not null default '',   -- of OpenID Connect
    subject    text not null default '',
    created_at timestamptz not null default now()
);

create unique index users_subject on users (issuer, subject) where subject <> '';

create table members (
    tenant_id  text not null references tenants,
    user_id    uuid not null references users,
    role       text not null check (role in ('viewer', 'reviewer', 'operator', 'admin')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, user_id)
);

create index members_user on members (user_id);

create table sessions (
    hash       bytea primary key,          -- SHA-256 of the cookie
    user_id    uuid not null references users,
    tenant_id  text not null references tenants,
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    expires_at timestamptz not null
);

create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- +goose Down
drop table sessions, members, users;
