-- +goose Up

-- That a row's tenant exists is checked where a submission or a batch comes in. What
-- hangs on these copies their tenant (I7 holds it to that) and cannot outlive them,
-- so asking again for each of the six rows that a submission leaves is work done
-- seven times, with a lock on the tenant's row each time.
alter table attempts drop constraint attempts_tenant_id_fkey;
alter table documents drop constraint documents_tenant_id_fkey;
alter table outcomes drop constraint outcomes_tenant_id_fkey;
alter table findings drop constraint findings_tenant_id_fkey;
alter table standings drop constraint standings_tenant_id_fkey;
alter table outbox drop constraint outbox_tenant_id_fkey;
alter table events drop constraint events_tenant_id_fkey;

-- +goose Down
alter table attempts add foreign key (tenant_id) references tenants;
alter table documents add foreign key (tenant_id) references tenants;
alter table outcomes add foreign key (tenant_id) references tenants;
alter table findings add foreign key (tenant_id) references tenants;
alter table standings add foreign key (tenant_id) references tenants;
alter table outbox add foreign key (tenant_id) references tenants;
alter table events add foreign key (tenant_id) references tenants;
