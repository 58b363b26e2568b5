package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// countStatements makes Postgres count what each statement costs, those within
// triggers and checks of keys included. It costs a little itself.
func (s *servers) countStatements(ctx context.Context) error {
	err := s.exec(ctx, `alter system set shared_preload_libraries = 'pg_stat_statements'`)
	if err != nil {
		return err
	}
	s.pg.Stop()
	if err := s.pg.Start(); err != nil {
		return err
	}
	return s.exec(ctx, `alter system set pg_stat_statements.track = 'all'`, `alter system set pg_stat_statements.track_planning = on`, `select pg_reload_conf()`, `create extension if not exists pg_stat_statements`)
}

func (s *servers) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// printStatements lists the dearest of a database. Time within a statement that
// another one runs is counted for both.
func (s *servers) printStatements(ctx context.Context, w io.Writer, database string) error {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, `select toplevel, calls, rows, total_exec_time, total_plan_time, query from pg_stat_statements s join pg_database d on d.oid = s.dbid
		where d.datname = $1 order by total_exec_time desc limit 30`, database)
	if err != nil {
		return err
	}
	var top bool
	var calls, n int64
	var ms, plan float64
	var query string
	fmt.Fprintln(w, "top    calls     rows        ms  planning  statement")
	_, err = pgx.ForEachRow(rows, []any{&top, &calls, &n, &ms, &plan, &query}, func() error {
		query = strings.Join(strings.Fields(query), " ")
		fmt.Fprintf(w, "%-5v %6d %8d %9.1f %9.1f  %s\n", top, calls, n, ms, plan, query[:min(len(query), 150)])
		return nil
	})
	return err
}
