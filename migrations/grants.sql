-- Who may do what with tables that are not one tenant's alone. It is run after
-- the migrations, whatever ran, and changes nothing the second time.
select protect_tenants();

-- People and their sessions are the desk's. A person may work for several tenants,
-- so that a session is found before its tenant is known.
select allow(t, 'realname_desk') from unnest(array['members', 'sessions', 'tenants', 'audit']::regclass[]) as t;
grant select, insert, update, delete on users, members, sessions to realname_desk;
grant select on tenants to realname_desk;
grant select, insert on audit to realname_desk;
grant usage on sequence audit_ids to realname_desk;
grant select, insert, update, delete on users to realname_admin;
revoke all on members, sessions from realname_tenant, realname_work;
grant select (id, name) on users to realname_tenant; -- who has a submission in hand
grant update (second_person) on tenants to realname_tenant;

-- What a source of the authority was asked, for the whole house.
grant select, insert, update on authority_usage to realname_work, realname_admin;

-- Ingest finds the bulk actions that are open, and does each as its tenant.
select allow('actions', 'realname_intake');
grant select on actions to realname_intake;

-- The register is public data. Each loading is a table that an operator's command
-- makes, so in that schema, and nowhere else, the operator's role owns something.
grant create, usage on schema register to realname_admin;
grant usage on schema register to realname_work;
alter table register.names_0 owner to realname_admin;
alter view register.names owner to realname_admin;
grant select, insert, update, delete on register.versions to realname_admin;
grant select on register.names, register.versions to realname_work;
