package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/review"
	"realname/internal/verdict"
)

// RegistryVerdict is what a registry said of a submission, named by our id, the
// tenant's own id or what it is about.
type RegistryVerdict struct {
	Subject string
	Passed  bool
	Words   string // cleaned
	Reason  review.Reason
	Detail  review.Detail
}

// PutVerdict keeps what a registry said of the newest decided attempt of a
// submission; false when the tenant has no such one. A later word replaces an
// earlier one.
func (s *Store) PutVerdict(ctx context.Context, tenant string, v RegistryVerdict) (bool, error) {
	tag, err := s.of(tenant).Exec(ctx, `
		insert into registry_verdicts (attempt_id, tenant_id, passed, words, reason, detail)
		select a.id, a.tenant_id, $3, $4, $5, $6 from attempts a join submissions s on s.id = a.submission_id
		where s.tenant_id = $1 and (s.id::text = $2 or s.external_id = $2 or s.subject_ref = $2) and a.state = 'decided'
		order by a.decided_at desc limit 1
		on conflict (attempt_id) do update set passed = excluded.passed, words = excluded.words, reason = excluded.reason,
			detail = excluded.detail, imported_at = now()`,
		tenant, v.Subject, v.Passed, v.Words, v.Reason, v.Detail)
	if err != nil {
		return false, fmt.Errorf("keep verdict: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// UnreadWords counts the texts that no pattern fits, the most frequent first.
func (s *Store) UnreadWords(ctx context.Context, tenant string) (map[string]int, error) {
	rows, _ := s.of(tenant).Query(ctx, `select words, count(*)::int from registry_verdicts where tenant_id = $1 and not passed and reason = '' group by words`, tenant)
	counts := map[string]int{}
	var words string
	var n int
	_, err := pgx.ForEachRow(rows, []any{&words, &n}, func() error { counts[words] = n; return nil })
	if err != nil {
		return nil, fmt.Errorf("read unread texts: %w", err)
	}
	return counts, nil
}

// VerdictCases are the attempts of a tenant that a registry spoke of. A text that
// was not understood when it came is not among them.
func (s *Store) VerdictCases(ctx context.Context, tenant string) ([]verdict.Case, error) {
	rows, _ := s.of(tenant).Query(ctx, `
		select a.facts, o.outcome, v.passed, v.reason from registry_verdicts v
		join attempts a on a.id = v.attempt_id join outcomes o on o.attempt_id = v.attempt_id
		where v.tenant_id = $1 and a.facts is not null and (v.passed or v.reason <> '') order by v.attempt_id`, tenant)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[verdict.Case])
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return list, nil
}
