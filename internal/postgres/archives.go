package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// KeepPart writes that a part of an archive is stored. When that part was there
// before, the older one is forgotten and its blob key returned.
func (s *Store) KeepPart(ctx context.Context, tenant string, p review.ArchivePart) (old string, err error) {
	err = s.of(tenant).QueryRow(ctx, `
		with before as (select blob_key from archive_parts where tenant_id = $1 and archive = $2 and number = $3),
		kept as (insert into archive_parts (tenant_id, archive, number, size, sha256, blob_key) values ($1, $2, $3, $4, $5, $6)
			on conflict (tenant_id, archive, number) do update set size = excluded.size, sha256 = excluded.sha256, blob_key = excluded.blob_key, created_at = now())
		select coalesce((select blob_key from before), '')`, tenant, p.Archive, p.Number, p.Size, p.SHA256, p.BlobKey).Scan(&old)
	if err != nil {
		return "", fmt.Errorf("write part: %w", err)
	}
	return old, nil
}

const partColumns = `archive, number, size, sha256, blob_key`

// Parts lists the stored parts of a tenant's archive in order.
func (s *Store) Parts(ctx context.Context, tenant, archive string) ([]review.ArchivePart, error) {
	rows, _ := s.of(tenant).Query(ctx, `select `+partColumns+` from archive_parts where tenant_id = $1 and archive = $2 order by number`, tenant, archive)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.ArchivePart])
	if err != nil {
		return nil, fmt.Errorf("read parts: %w", err)
	}
	return list, nil
}

// SpentArchives lists batches whose archive is in storage though nobody will read
// it any more.
func (s *Store) SpentArchives(ctx context.Context, limit int) ([]review.Batch, error) {
	rows, _ := s.intake().Query(ctx, `select `+batchColumns+` from batches
		where archive_kept and state in ('read', 'refused', 'cancelled') order by created_at limit $1`, limit)
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (review.Batch, error) { return scanBatch(r) })
	if err != nil {
		return nil, fmt.Errorf("list spent archives: %w", err)
	}
	return list, nil
}

// ForgetArchive writes that a batch's archive has been deleted.
func (s *Store) ForgetArchive(ctx context.Context, id string) error {
	if _, err := s.intake().Exec(ctx, `update batches set archive_kept = false where id = $1`, id); err != nil {
		return fmt.Errorf("forget archive: %w", err)
	}
	return nil
}

// SpentParts lists parts whose archive was read, or that nobody completed within
// the given time. Parts of an archive that a batch is yet to read are not among them.
func (s *Store) SpentParts(ctx context.Context, older time.Duration, limit int) ([]review.ArchivePart, error) {
	rows, _ := s.intake().Query(ctx, `
		select `+partColumns+` from archive_parts p
		where not exists (select from batches b where b.tenant_id = p.tenant_id and b.sha256 = p.archive and b.state in ('received', 'reading'))
			and (p.created_at < now() - $1::interval
				or exists (select from batches b where b.tenant_id = p.tenant_id and b.sha256 = p.archive and b.state in ('read', 'refused') and b.created_at > p.created_at))
		order by created_at limit $2`, older, limit)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.ArchivePart])
	if err != nil {
		return nil, fmt.Errorf("list spent parts: %w", err)
	}
	return list, nil
}

// ForgetPart writes that a part's blob has been deleted; one that was sent again
// meanwhile has another key and stays.
func (s *Store) ForgetPart(ctx context.Context, blobKey string) error {
	if _, err := s.intake().Exec(ctx, `delete from archive_parts where blob_key = $1`, blobKey); err != nil {
		return fmt.Errorf("forget part: %w", err)
	}
	return nil
}
