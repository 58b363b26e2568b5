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
