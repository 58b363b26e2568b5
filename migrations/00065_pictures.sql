-- +goose Up

-- Small pictures for the mails to registrants: the place of a document where a date
-- is printed that was found wrong, and nothing else of it. The worker cuts them, which
-- opens documents; the notifier, which opens none, sends them; ingest sees none. They
-- are deleted once no mail can need them any more.
create table pictures (
    attempt_id uuid not null references attempts,
    kind       text not null,    -- of the outcome that they illustrate: an attempt may be deferred and then decided
    finding    integer not null, -- its index in the outcome
    tenant_id  text not null references tenants,
    jpeg       bytea not null check (octet_length(jpeg) between 1 and 65536),
    made_at    timestamptz not null default now(),
    primary key (attempt_id, kind, finding)
);

create index pictures_made on pictures (made_at);

select protect_tenants();
revoke all on pictures from realname_tenant;

-- +goose Down
drop table pictures;
