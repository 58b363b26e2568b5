package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"realname/internal/review"
	"realname/internal/verdict"
)

// DecidedAttempt finds what a registry speaks of: see verdict.Keeper.
func (s *Store) DecidedAttempt(ctx context.Context, tenant, subject string, by time.Time) (id string, d review.Declared, err error) {
	var ours *string
	if u, err := uuid.FromString(subject); err == nil {
		text := u.String()
		ours = &text
	}
	err = s.of(tenant).QueryRow(ctx, `
		select a.id, a.declared from submissions s join attempts a on a.submission_id = s.id
		where s.tenant_id = $1 and (s.id = $3 or s.external_id = $2 and s.external_id <> '' or s.subject_ref = $2)
			and a.state = 'decided' and ($4::timestamptz is null or a.decided_at <= $4)
		order by a.decided_at desc limit 1`, tenant, subject, ours, orNull(by)).Scan(&id, &d)
	if err != nil {
		return "", d, fmt.Errorf("find decided attempt: %w", notFound(err))
	}
	return id, d, nil
}

// PutVerdict keeps what a registry said: see verdict.Keeper. The later word counts,
// and of two without a time the one that came later.
func (s *Store) PutVerdict(ctx context.Context, tenant string, v verdict.Verdict) (bool, error) {
	tag, err := s.of(tenant).Exec(ctx, `
		insert into registry_verdicts as old (attempt_id, tenant_id, passed, words, reason, detail, said_at)
		values ($2, $1, $3, $4, $5, $6, $7)
		on conflict (attempt_id) do update set passed = excluded.passed, words = excluded.words, reason = excluded.reason,
			detail = excluded.detail, said_at = excluded.said_at, imported_at = now()
		where old.said_at is null or excluded.said_at >= old.said_at`,
		tenant, v.AttemptID, v.Passed, v.Words, v.Reason, v.Detail, orNull(v.At))
	if err != nil {
		return false, fmt.Errorf("keep verdict: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// UnreadWords lists the texts that no pattern fits, the most frequent first.
func (s *Store) UnreadWords(ctx context.Context, tenant string, limit int) ([]verdict.Unread, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select words, count(*)::int, max(imported_at) from registry_verdicts
		where tenant_id = $1 and not passed and reason = '' group by words order by count(*) desc, words limit $2`, tenant, limit)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[verdict.Unread])
	if err != nil {
		return nil, fmt.Errorf("read unread texts: %w", err)
	}
	return list, nil
}

// VerdictCases are the attempts of a tenant that a registry spoke of, the newest
// first. A text that was not understood when it came is not among them.
func (s *Store) VerdictCases(ctx context.Context, tenant string, limit int) ([]verdict.Case, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select a.declared, coalesce((a.facts->>'now')::timestamptz, a.decided_at), o.outcome, v.passed, v.reason from registry_verdicts v
		join attempts a on a.id = v.attempt_id join outcomes o on o.attempt_id = v.attempt_id
		where v.tenant_id = $1 and (v.passed or v.reason <> '') order by v.imported_at desc, v.attempt_id limit $2`, tenant, limit)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[verdict.Case])
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return list, nil
}
