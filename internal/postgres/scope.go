package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// scope is the database as one role sees it: its statements run in transactions
// that put the role on, and the tenant, and drop both at their end. Every query of
// this package goes through one; a test holds it so. Row-level security then keeps
// tenants apart even where a statement forgets to ask for its own.
type scope struct {
	pool   *pgxpool.Pool
	role   string
	tenant string
}

// of sees one tenant's rows.
func (s *Store) of(tenant string) scope { return scope{s.pool, "realname_tenant", tenant} }

// intake sees whose an API key is, and batches that wait for a reader.
func (s *Store) intake() scope { return scope{s.pool, "realname_intake", ""} }

// desk sees the people who operate, and their sessions.
func (s *Store) desk() scope { return scope{s.pool, "realname_desk", ""} }

// deskOf sees the people who operate, and of one tenant what they look after.
func (s *Store) deskOf(tenant string) scope { return scope{s.pool, "realname_desk", tenant} }

// work sees the work of all tenants: for worker, sweep and notifier.
func (s *Store) work() scope { return scope{s.pool, "realname_work", ""} }

// admin is an operator's command.
func (s *Store) admin() scope { return scope{s.pool, "realname_admin", ""} }

// batch begins with putting the role on. A batch is one round trip and one
// transaction, so that a single statement costs no more than without a role.
func (s scope) batch() *pgx.Batch {
	b := &pgx.Batch{}
	s.enter(b)
	return b
}

// enter makes what is queued after it run as the scope's role. Our statements take
// milliseconds; to compile one, which Postgres does when it looks costly, takes seconds.
func (s scope) enter(b *pgx.Batch) {
	b.Queue(`select set_config('role', $1, true), set_config('realname.tenant', $2, true), set_config('jit', 'off', true)`, s.role, s.tenant)
}

// send runs a batch that enters its scopes by itself, in one transaction.
func (s *Store) send(ctx context.Context, b *pgx.Batch) error {
	return s.pool.SendBatch(ctx, b).Close()
}

// SendBatch runs queued statements in one transaction.
func (s scope) SendBatch(ctx context.Context, queued *pgx.Batch) pgx.BatchResults {
	b := s.batch()
	b.QueuedQueries = append(b.QueuedQueries, queued.QueuedQueries...)
	results := s.pool.SendBatch(ctx, b)
	_, _ = results.Exec() // its error comes with the next result
	return results
}

// Query runs one statement in a transaction that ends with its last row.
func (s scope) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	var b pgx.Batch
	b.Queue(sql, args...)
	results := s.SendBatch(ctx, &b)
	rows, err := results.Query()
	return &scopedRows{Rows: rows, results: results}, err
}

// QueryPlanned is Query by the plan that is kept, in as many round trips and
// statements: for what is best done in one way whatever it asks for, and takes longer
// to plan than to do. Postgres would plan it anew where it takes that for cheaper.
func (s scope) QueryPlanned(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	var b pgx.Batch
	b.Queue(`select set_config('role', $1, true), set_config('realname.tenant', $2, true), set_config('plan_cache_mode', 'force_generic_plan', true)`, s.role, s.tenant)
	b.Queue(sql, args...)
	results := s.pool.SendBatch(ctx, &b)
	_, _ = results.Exec() // its error comes with the next result
	rows, err := results.Query()
	return &scopedRows{Rows: rows, results: results}, err
}

// QueryRow is Query for one row.
func (s scope) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, _ := s.Query(ctx, sql, args...) // the error comes with Scan
	return scopedRow{rows}
}

// Exec runs one statement.
func (s scope) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	rows, _ := s.Query(ctx, sql, args...) // the error comes with Err
	rows.Close()
	return rows.CommandTag(), rows.Err()
}

// inTx runs f in one transaction.
func (s scope) inTx(ctx context.Context, f func(pgx.Tx) error) error {
	return s.tx(ctx, "", f)
}

// inIndexedTx is inTx for statements about a few rows of large tables: they go by
// indexes in any case. A plan that is kept from when a table was empty would read all of
// it once it is full, and planning anew each time costs more than the rows.
func (s scope) inIndexedTx(ctx context.Context, f func(pgx.Tx) error) error {
	return s.tx(ctx, "; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off", f)
}

func (s scope) tx(ctx context.Context, settings string, f func(pgx.Tx) error) error {
	begin := "begin; set local role " + s.role + "; set local realname.tenant = " + quote(s.tenant) + settings
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: begin}, f)
}

// quote is a string literal; NUL cannot be in one.
func quote(text string) string {
	return "'" + strings.NewReplacer("'", "''", "\x00", "").Replace(text) + "'"
}

// scopedRows commits when the rows are through.
type scopedRows struct {
	pgx.Rows
	results pgx.BatchResults
	done    bool
	err     error
}

func (r *scopedRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.finish()
	return false
}

func (r *scopedRows) Close() {
	r.Rows.Close()
	r.finish()
}

func (r *scopedRows) finish() {
	if !r.done {
		r.done = true
		r.err = r.results.Close()
	}
}

func (r *scopedRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

type scopedRow struct{ rows pgx.Rows }

func (r scopedRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// Querier asks the database.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// AllTenants is the database as those who work for all tenants see it.
func (s *Store) AllTenants() Querier { return s.work() }
