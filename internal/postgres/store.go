// Package postgres keeps submissions, attempts, outcomes and deliveries: it
// implements the stores that pipeline, sweep, notify and the HTTP edge declare.
// Rows are mapped here and nowhere else. It holds no rule and makes no decision
// beyond the state of an attempt.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/gather"
	"realname/internal/pipeline"
	"realname/internal/review"
	"realname/internal/telemetry"
)

// Store is a pool with the queries on it.
type Store struct {
	pool    *pgxpool.Pool
	claims  *gather.Gather[asked, pipeline.Claim]
	submits *gather.Gather[submitting, submitted]
}

// What goes together into one transaction at most, and how long that may take.
const (
	mostTogether    = 256
	togetherTimeout = statementTimeout + 5*time.Second
)

// New makes a store on a pool that the caller closes.
func New(pool *pgxpool.Pool) *Store {
	s := &Store{pool: pool}
	s.claims = gather.New(mostTogether, togetherTimeout, s.claim)
	s.submits = gather.New(mostTogether, togetherTimeout, s.submit)
	return s
}

// halves runs in halves what failed together: one of them is to blame, and soon
// stands alone; the others have done nothing wrong.
func halves[In, Out any](ctx context.Context, list []In, run func(context.Context, []In) []Out) []Out {
	h := len(list) / 2
	return append(run(ctx, list[:h]), run(ctx, list[h:])...)
}

// ofOneRow reports whether an error is about one row's contents or its conflict
// with another, and says nothing about the rest: bad data, broken constraints, a
// deadlock, a limit, a trigger's refusal.
func ofOneRow(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && slices.Contains([]string{"22", "23", "40", "54", "P0"}, pg.Code[:2])
}

// statementTimeout ends a query that would hold up everything behind it.
const statementTimeout = 15 * time.Second

// patientTimeout ends a query that reads all there is, which nobody waits behind.
const patientTimeout = time.Hour

// Open connects a pool sized for one service.
func Open(ctx context.Context, url string, connections int32) (*pgxpool.Pool, error) {
	return open(ctx, url, connections, statementTimeout)
}

// OpenPatient connects one for questions about everything.
func OpenPatient(ctx context.Context, url string) (*pgxpool.Pool, error) {
	return open(ctx, url, 1, patientTimeout)
}

func open(ctx context.Context, url string, connections int32, timeout time.Duration) (*pgxpool.Pool, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("DATABASE_URL cannot be parsed: want postgres://user:password@host:port/database") // the value holds a password
	}
	conf.MaxConns = connections
	conf.ConnConfig.RuntimeParams["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	conf.ConnConfig.RuntimeParams["application_name"] = "realname"
	// A server that was away leaves dead connections behind. Asking each one
	// first costs a round trip and spares a caller the 503 of a server that is back.
	conf.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	if telemetry.Tracing() {
		conf.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTrimSQLInSpanName()) // never the values
	}
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, fmt.Errorf("open database pool: %w", err)
	}
	return pool, nil
}

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return nil
}

// execer is a pool or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Postgres' codes for a value that is not of the column's type, and for one that
// is no text at all (a zero byte, broken UTF-8).
const (
	invalidText = "22P02"
	noText      = "22021"
)

// notFound turns no rows into review.ErrNotFound, and so an id that is no UUID.
func notFound(err error) error {
	var pg *pgconn.PgError
	if errors.Is(err, pgx.ErrNoRows) || errors.As(err, &pg) && (pg.Code == invalidText || pg.Code == noText) {
		return review.ErrNotFound
	}
	return err
}

// constraint is the name of the constraint that an error broke, or empty.
func constraint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}
