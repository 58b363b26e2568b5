package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/postgres"
	"realname/internal/testenv"
)

// Rule: a database that went away and is back costs no caller an error, even
// where every pooled connection died a moment ago.
func TestAPoolOutlivesItsConnections(t *testing.T) {
	const connections = 4
	url := testenv.Database(t)
	pool, err := postgres.Open(t.Context(), url, connections)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	admin, err := postgres.Open(t.Context(), url, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	for range 5 {
		endAll(t, admin, fill(t, pool, connections))
		for range connections {
			if _, err := pool.Exec(t.Context(), "select 1"); err != nil {
				t.Fatalf("after the connections were ended: %v", err)
			}
		}
	}
}

// fill opens all connections of a pool, gives them back and names their servers.
func fill(t *testing.T, pool *pgxpool.Pool, n int) []uint32 {
	t.Helper()
	var pids []uint32
	for range n {
		c, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
		pids = append(pids, c.Conn().PgConn().PID())
	}
	return pids
}

func endAll(t *testing.T, admin *pgxpool.Pool, pids []uint32) {
	t.Helper()
	for _, pid := range pids {
		if _, err := admin.Exec(t.Context(), "select pg_terminate_backend($1, 5000)", pid); err != nil {
			t.Fatal(err)
		}
	}
}
