-- +goose Up

-- Since when an endpoint is to be told: what was decided before is not owed to it.
alter table endpoints add column enabled_at timestamptz not null default now();

-- +goose StatementBegin
create function endpoint_enabled() returns trigger language plpgsql as $$
begin
    new.enabled_at := now();
    return new;
end
$$;
-- +goose StatementEnd

create trigger endpoints_enabled before update of enabled on endpoints
    for each row when (new.enabled and not old.enabled) execute function endpoint_enabled();

-- +goose Down
drop trigger endpoints_enabled on endpoints;
drop function endpoint_enabled;
alter table endpoints drop column enabled_at;
