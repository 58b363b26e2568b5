-- +goose Up

-- Whether an OpenID provider's groups gave the role, so that it takes it back too.
-- What an admin gave stays the admin's.
alter table members add column managed boolean not null default false;

-- +goose Down
alter table members drop column managed;
