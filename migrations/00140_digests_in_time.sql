-- +goose Up

-- What came of a batch's rows before its end is gathered as the end is told. A
-- message that may have left already gathers nothing: it would tell nobody of it.
-- +goose StatementBegin
create or replace function batch_tell() returns trigger language plpgsql as $$
begin
    if new.finished_at is not null and old.finished_at is null then
        perform tell(new.tenant_id, 'batch.finished', null, null, new.id);
        update deliveries h set state = 'digested', digest_id = d.id, finished_at = now()
            from endpoints e, batch_items i, deliveries d
            where i.batch_id = new.id and h.attempt_id = i.attempt_id and h.state = 'held' and e.id = h.endpoint_id and e.digest = 'batch'
                and d.endpoint_id = h.endpoint_id and d.batch_id = new.id and d.event = 'batch.finished' and h.seq < d.seq;
    end if;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function batch_tell() returns trigger language plpgsql as $$
begin
    if new.finished_at is not null and old.finished_at is null then
        perform tell(new.tenant_id, 'batch.finished', null, null, new.id);
    end if;
    return null;
end
$$;
-- +goose StatementEnd
