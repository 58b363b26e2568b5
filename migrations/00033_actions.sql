-- +goose Up

-- One deed over many submissions at once, done in the background by ingest.
create table actions (
    id          uuid primary key,
    tenant_id   text not null references tenants,
    kind        text not null check (kind in ('review_again', 'resend', 'assign', 'extend', 'withdraw')),
    detail      jsonb not null default '{}',     -- the days of an extension; never a name or number
    assignee    uuid references users,
    created_by  uuid not null references users,
    actor       text not null,
    state       text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'undoing', 'undone')),
    total       integer not null,
    done        integer not null default 0,
    skipped     integer not null default 0,
    undone      integer not null default 0,
    lease_until timestamptz,
    created_at  timestamptz not null default now(),
    finished_at timestamptz
);

create index actions_tenant on actions (tenant_id, id);
create index actions_open on actions (created_at) where state in ('waiting', 'running', 'undoing');

create table action_items (
    action_id     uuid not null references actions,
    submission_id uuid not null references submissions,
    tenant_id     text not null references tenants,
    state         text not null default 'waiting' check (state in ('waiting', 'done', 'skipped', 'undone')),
    before        jsonb,   -- what undoing gives back
    attempt_id    uuid,    -- that a new review is
    primary key (action_id, submission_id)
);

create index action_items_state on action_items (action_id, state, submission_id);

-- +goose Down
drop table action_items, actions;
