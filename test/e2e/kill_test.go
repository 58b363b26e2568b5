package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/demo"
)

// I1, I3: the worker is killed in the middle of the demo batch, three times,
// and every submission still ends as expected, with one outcome per attempt.
func TestAKilledWorkerLosesNothingAndDoublesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	r := startServers(t)
	startService(t, r.Stack, "ingest")
	startService(t, r.Stack, "notifier")
	w := startService(t, r.Stack, "worker")
	killed := make(chan struct{}, 8)
	r.receiver.OnNotice = func(n int) { // while others are being reviewed
		if n == 2 || n == 7 || n == 13 {
			go func() { w.restart(); killed <- struct{}{} }()
		}
	}
	if err := r.Await(ctx); err != nil {
		t.Fatal(err)
	}
	results, err := demo.Send(ctx, r.Client, r.receiver, demo.Items(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		<-killed
	}
	for _, r := range results {
		if !r.AsExpected() {
			t.Errorf("%s ended as %+v, want %s %s", r.Item.Name, r.Attempt.Outcome, r.Item.Want, r.Item.Reason)
		}
	}
	checkStore(t, r.Config.Postgres.URL)
	replayBatch(t, t.TempDir(), r.Config.Postgres.URL, results)
}

// checkStore asks the database what must be true after a batch.
func checkStore(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for rule, sql := range map[string]string{
		"every attempt is decided or waits for its day":   `select count(*) from attempts where state not in ('decided', 'waiting')`,
		"every decided attempt has its outcome":           `select count(*) from attempts a left join outcomes o on o.attempt_id = a.id where a.state = 'decided' and o.attempt_id is null`,
		"no outcome without its attempt being decided":    `select count(*) from outcomes o join attempts a on a.id = o.attempt_id where a.state <> 'decided'`,
		"every rejection has a finding that fails":        `select count(*) from outcomes o where kind = 'rejected' and not exists (select from findings f where f.attempt_id = o.attempt_id and f.severity = 'fail')`,
		"every outcome is told to every enabled endpoint": `select count(*) from outcomes o join endpoints e on e.tenant_id = o.tenant_id and e.enabled where not exists (select from deliveries d where d.attempt_id = o.attempt_id and d.endpoint_id = e.id)`,
		"no lease is left over":                           `select count(*) from attempts where lease_until is not null and state <> 'running'`,
	} {
		var n int
		if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d violations (%v)", rule, n, err)
		}
	}
}
