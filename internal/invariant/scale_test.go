package invariant

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/postgres"
	"realname/internal/seed"
	"realname/internal/testenv"
)

var attempts = flag.Int("attempts", 1_000_000, "how many attempts BenchmarkEveryRule asks about")

// Each rule is asked about the whole of a large house; the figures are milliseconds.
func BenchmarkEveryRule(b *testing.B) {
	ctx := context.Background()
	pool := testenv.Postgres(b)
	conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := seed.Fill(ctx, conn, tenant, *attempts, time.Now()); err != nil {
		b.Fatal(err)
	}
	if err := seed.Analyse(ctx, conn); err != nil {
		b.Fatal(err)
	}
	c := Checker{DB: postgres.New(pool).AllTenants(), Settle: func(context.Context) error { return nil }}
	for _, q := range queries {
		b.Run(q.id+" "+q.rule, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.ask(ctx, q, time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
		})
	}
}
