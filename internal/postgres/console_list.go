package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
)

// clauses is a query's conditions while they are gathered.
type clauses struct {
	where []string
	args  []any
}

// arg adds a value and returns its placeholder.
func (c *clauses) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// and adds a condition; each ? stands for a value in turn.
func (c *clauses) and(condition string, values ...any) {
	for _, v := range values {
		condition = strings.Replace(condition, "?", c.arg(v), 1)
	}
	c.where = append(c.where, condition)
}

// noDeadline is where a submission without a deadline stands in the order.
const noDeadline = `coalesce(s.deadline, 'infinity'::timestamptz)`

// subjectC is the subject in the order of its bytes, in which a beginning is a range.
const subjectC = `s.subject_ref collate "C"`

// listed says in which order a filter's rows come. Each order is that of an
// index, so that a page costs no more in a million rows than in a hundred.
type listed struct {
	order string
	key   string // of the cursor, as text
	after string // with two placeholders
}

var (
	byAge     = listed{"s.submission_id desc", "''", "? = '' and s.submission_id < ?::uuid"}
	bySubject = listed{subjectC + ", s.submission_id", "s.subject_ref", "(" + subjectC + ", s.submission_id) > (?, ?::uuid)"}
	byDue     = listed{noDeadline + ", s.submission_id", noDeadline + "::text", "(" + noDeadline + ", s.submission_id) > (?::timestamptz, ?::uuid)"}
)

// filtered turns a filter into conditions and their order.
func filtered(tenant string, f desk.Filter) (clauses, listed) {
	var c clauses
	order := byAge
	c.and("s.tenant_id = ?", tenant)
	if f.Standing != "" {
		c.and("s.standing = ?", f.Standing)
	}
	if f.Reason != "" {
		c.and("s.reason = ?", f.Reason)
	}
	if f.Mine != "" {
		c.and("s.assignee = ?::uuid", f.Mine)
	}
	if f.Due || f.Within > 0 {
		order = byDue
		c.and("s.standing not in ('approved', 'withdrawn') and s.deadline is not null")
	}
	if f.Within > 0 {
		c.and(noDeadline+" < now() + ?::interval", f.Within)
	}
	if f.Number != "" {
		c.and("s.submission_id = any(array(select submission_id from attempts where tenant_id = ? and number_hash = ?))", tenant, digest(f.Number))
	}
	switch id, err := uuid.FromString(f.Text); {
	case f.Text == "":
	case err == nil:
		c.and("s.submission_id = ?::uuid", id.String())
	default:
		order = bySubject
		c.and(subjectC+" >= ? and "+subjectC+" < ?", f.Text, f.Text+"\U0010FFFF")
	}
	return c, order
}

type listRow struct {
	desk.Row
	Key string
}

// Submissions lists a page of what a filter finds.
func (s *Store) Submissions(ctx context.Context, tenant string, f desk.Filter) (desk.Page, error) {
	if id, err := s.externalID(ctx, tenant, f.Text); err != nil {
		return desk.Page{}, err
	} else if id != "" {
		f.Text = id
	}
	c, order := filtered(tenant, f)
	if key, id, ok := readCursor(f.After); ok {
		c.and(order.after, key, id)
	}
	sql := `select s.submission_id::text, s.attempt_id::text, s.attempt_number, s.subject_ref, s.external_id, s.standing, s.reason,
			s.deadline, s.changed_at, coalesce(u.name, ''), ` + order.key + `
		from standings s left join users u on u.id = s.assignee
		where (` + strings.Join(c.where, ") and (") + `) order by ` + order.order + ` limit ` + c.arg(f.Limit+1)
	rows, _ := s.of(tenant).Query(ctx, sql, c.args...) // the error comes with the collection
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (v listRow, err error) {
		var deadline *time.Time
		err = r.Scan(&v.ID, &v.AttemptID, &v.Attempts, &v.SubjectRef, &v.ExternalID, &v.Standing, &v.Reason, &deadline, &v.ChangedAt, &v.Assignee, &v.Key)
		v.Deadline = orZero(deadline)
		return v, err
	})
	if err != nil {
		return desk.Page{}, fmt.Errorf("list submissions: %w", notFound(err))
	}
	return pageOf(list, f.Limit), nil
}

// externalID finds the submission that has a text for its external id; empty when
// there is none.
func (s *Store) externalID(ctx context.Context, tenant, text string) (id string, err error) {
	if text == "" {
		return "", nil
	}
	err = s.of(tenant).QueryRow(ctx, `select coalesce((select id::text from submissions where tenant_id = $1 and external_id = $2 and external_id <> ''), '')`, tenant, text).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("find external id: %w", err)
	}
	return id, nil
}

func pageOf(list []listRow, limit int) desk.Page {
	var p desk.Page
	for i, r := range list {
		if i == limit {
			p.Next = writeCursor(list[i-1].Key, list[i-1].ID)
			break
		}
		p.Rows = append(p.Rows, r.Row)
	}
	return p
}

func writeCursor(key, id string) string {
	b, _ := json.Marshal([2]string{key, id}) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads a cursor; one that is none of ours begins the list again.
func readCursor(text string) (key, id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	var pair [2]string
	if err != nil || json.Unmarshal(b, &pair) != nil {
		return "", "", false
	}
	_, err = uuid.FromString(pair[1])
	return pair[0], pair[1], err == nil
}

// Stock counts what stands where, each up to one more than desk.CountedTo.
// The order is what its index has: without it a bounded count of what is rare is
// taken from the whole table, since the bound looks near.
func (s *Store) Stock(ctx context.Context, tenant string, standings []desk.Standing) (map[desk.Standing]int, error) {
	counts := map[desk.Standing]int{}
	rows, _ := s.of(tenant).Query(ctx, `select w.standing, (select count(*) from (select from standings s
			where s.tenant_id = $1 and s.standing = w.standing order by s.submission_id limit $3) x)
		from unnest($2::text[]) as w(standing)`, tenant, standings, desk.CountedTo+1) // the error comes with the loop
	var standing desk.Standing
	var n int
	_, err := pgx.ForEachRow(rows, []any{&standing, &n}, func() error { counts[standing] = n; return nil })
	if err != nil {
		return nil, fmt.Errorf("count stock: %w", err)
	}
	return counts, nil
}
