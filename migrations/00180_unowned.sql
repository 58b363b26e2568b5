-- +goose Up

-- What was stored and belongs to nothing, for its upload ended before its row was
-- written, is found by its key's age.
create index blob_keys_age on blob_keys (created_at, blob_key);
create index documents_blob on documents (blob_key);
create index batches_blob on batches (blob_key) where blob_key <> '';

-- +goose Down
drop index blob_keys_age, documents_blob, batches_blob;
