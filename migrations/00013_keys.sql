-- +goose Up

alter table api_keys
    add column name text not null default '',  -- what the operator calls it
    add column last_used_at timestamptz;       -- to the minute

grant update (last_used_at) on api_keys to realname_intake;

-- +goose Down
alter table api_keys drop column name, drop column last_used_at;
