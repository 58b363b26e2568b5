-- +goose Up

-- The people of a tenant look after its keys on the console: the desk's role, for
-- one tenant at a time. Neither the secret's hash nor the scopes of a key change.
create policy one_desk on api_keys to realname_desk using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert on api_keys to realname_desk;
grant update (expires_at, revoked_at) on api_keys to realname_desk;

-- +goose Down
drop policy one_desk on api_keys;
revoke all on api_keys from realname_desk;
