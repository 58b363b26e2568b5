-- +goose Up

-- Tries of which no end was recorded, since the notifier was ended in them: they are
-- no failure of the endpoint's.
alter table deliveries add column lost integer not null default 0;

-- +goose Down
alter table deliveries drop column lost;
