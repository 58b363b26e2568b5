package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
)

// AuditHeads returns where each tenant's audit trail ends. Kept elsewhere, they show
// later whether its end was cut off or all of it written anew, which the chain alone
// does not.
func (s *Store) AuditHeads(ctx context.Context) ([]review.AuditHead, error) {
	rows, _ := s.admin().Query(ctx, `select tenant_id, count(*), max(id), (array_agg(encode(hash, 'hex') order by id desc))[1]
		from audit group by tenant_id order by tenant_id`) // the error comes with the collection
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[review.AuditHead])
	if err != nil {
		return nil, fmt.Errorf("read audit heads: %w", err)
	}
	return list, nil
}

// LostHeads returns those of earlier heads that the trail no longer has.
func (s *Store) LostHeads(ctx context.Context, heads []review.AuditHead) (lost []review.AuditHead, err error) {
	for _, h := range heads {
		var there bool
		err := s.admin().QueryRow(ctx, `select exists (select from audit where tenant_id = $1 and id = $2 and encode(hash, 'hex') = $3)
			and (select count(*) from audit where tenant_id = $1 and id <= $2) = $4`, h.Tenant, h.Last, h.Hash, h.Entries).Scan(&there)
		if err != nil {
			return nil, fmt.Errorf("look for audit head: %w", err)
		}
		if !there {
			lost = append(lost, h)
		}
	}
	return lost, nil
}
