-- +goose Up

-- Row-level security on everything that belongs to a tenant. The programs own
-- nothing; each transaction puts on one of these roles for its length:
--   realname_tenant  sees the rows of the tenant in the setting realname.tenant, no others
--   realname_intake  finds out whose an API key is, and which batch is next
--   realname_desk    knows the people who sign in to the console
--   realname_work    reviews, sweeps and notifies for all tenants, but knows no API key
--   realname_admin   is an operator's command
-- Accounts that log in are members of the roles they need; "realname migrate"
-- makes them. Roles belong to the whole cluster, so they may be there already.
-- Row security is forced, hence an owner that is no superuser sees rows only in
-- the role realname_admin; programs older than this one need a superuser.
-- +goose StatementBegin
do $$
declare
    r text;
begin
    foreach r in array array['realname_tenant', 'realname_intake', 'realname_desk', 'realname_work', 'realname_admin'] loop
        begin
            execute format('create role %I nologin noinherit', r);
        exception when duplicate_object or unique_violation then
            null;
        end;
        execute format('grant %I to current_user', r);
    end loop;
end
$$;

-- The tenant of the transaction; null, which equals no tenant, when there is none.
create function current_tenant() returns text language sql stable parallel safe as $$
    select nullif(current_setting('realname.tenant', true), '')
$$;

-- protect_tenant_table keeps the tenants of a table apart and lets the roles
-- use it. Take away by hand what a role has no business with.
create function protect_tenant_table(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('drop policy if exists one_tenant on %s', t);
    execute format('drop policy if exists all_tenants on %s', t);
    execute format('create policy one_tenant on %s to realname_tenant using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', t);
    execute format('create policy all_tenants on %s to realname_work, realname_admin using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on %s to realname_tenant, realname_work, realname_admin', t);
end
$$;

-- allow lets a role see all rows of a table, whatever their tenant.
create function allow(t regclass, r text) returns void language plpgsql as $$
begin
    if not exists (select from pg_policy where polrelid = t and polname = r) then
        execute format('create policy %I on %s to %I using (true) with check (true)', r, t, r);
    end if;
end
$$;

-- protect_tenants does so for every table that has tenants and lacks protection.
-- It runs after each migration (grants.sql), so that no table is ever left out.
create function protect_tenants() returns void language plpgsql as $$
declare
    t regclass;
begin
    for t in select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity) loop
        perform protect_tenant_table(t);
    end loop;
end
$$;
-- +goose StatementEnd

select protect_tenants();

alter table tenants enable row level security;
alter table tenants force row level security;
create policy one_tenant on tenants to realname_tenant using (id = current_tenant()) with check (id = current_tenant());
create policy all_tenants on tenants to realname_work, realname_admin using (true) with check (true);
grant select on tenants to realname_tenant, realname_work;
grant select, insert, update, delete on tenants to realname_admin;

-- Whose key is it, and which batch is next?
create policy whose on api_keys to realname_intake using (true) with check (true);
create policy next on batches to realname_intake using (true) with check (true);
create policy next on batch_items to realname_intake using (true) with check (true);
create policy next on archive_parts to realname_intake using (true) with check (true);
grant select on api_keys, batch_items to realname_intake;
grant select, update on batches to realname_intake;
grant select, delete on archive_parts to realname_intake;
grant insert on events to realname_intake;
create policy next on events for insert to realname_intake with check (true);

revoke insert, update, delete on api_keys from realname_tenant;
revoke all on api_keys from realname_work;
revoke insert, update, delete on outcomes, findings from realname_tenant;
revoke update, delete on outcomes from realname_work;
revoke insert, update, delete on idempotency_keys from realname_work;
revoke update, delete on audit from realname_tenant, realname_work, realname_admin;
grant usage on sequence audit_ids to realname_tenant, realname_work, realname_admin;

-- +goose Down
-- +goose StatementBegin
do $$
declare
    p record;
begin
    for p in select tablename, policyname from pg_policies where schemaname = 'public' loop
        execute format('drop policy %I on %I', p.policyname, p.tablename);
    end loop;
    for p in select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity loop
        execute format('alter table %I no force row level security', p.relname);
        execute format('alter table %I disable row level security', p.relname);
    end loop;
end
$$;
-- +goose StatementEnd
drop function protect_tenants, allow, protect_tenant_table, current_tenant;
