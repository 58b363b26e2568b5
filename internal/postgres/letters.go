package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/notify"
	"realname/internal/review"
)

// Letter returns a tenant's own words in a language: see notify.Store.
func (s *Store) Letter(ctx context.Context, tenant, language string) (l notify.Letter, err error) {
	err = s.of(tenant).QueryRow(ctx, `select subject, body from letters where tenant_id = $1 and language = $2`, tenant, language).Scan(&l.Subject, &l.Body)
	if err != nil {
		return l, fmt.Errorf("read letter: %w", notFound(err))
	}
	return l, nil
}

// PutLetter keeps a tenant's own words in a language. They were checked before.
func (s *Store) PutLetter(ctx context.Context, tenant, actor, language string, l notify.Letter) error {
	return s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into letters (tenant_id, language, subject, body) values ($1, $2, $3, $4)
			on conflict (tenant_id, language) do update set subject = excluded.subject, body = excluded.body, changed_at = now()`, tenant, language, l.Subject, l.Body)
		if err != nil {
			return fmt.Errorf("write letter: %w", err)
		}
		return audit(ctx, tx, tenant, actor, "letter.put", noSubject, map[string]string{"language": language})
	})
}

// DeleteLetter goes back to the built-in words: review.ErrNotFound.
func (s *Store) DeleteLetter(ctx context.Context, tenant, actor, language string) error {
	return s.of(tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from letters where tenant_id = $1 and language = $2`, tenant, language)
		if err != nil {
			return fmt.Errorf("delete letter: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return review.ErrNotFound
		}
		return audit(ctx, tx, tenant, actor, "letter.delete", noSubject, map[string]string{"language": language})
	})
}
