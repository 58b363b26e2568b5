-- +goose Up

-- A list of what was given up is short and must not be found by reading what arrived.
create index deliveries_state on deliveries (tenant_id, state, seq);

-- +goose Down
drop index deliveries_state;
