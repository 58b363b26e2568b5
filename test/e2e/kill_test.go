package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/app"
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
	checkStore(t, r)
	replayBatch(t, t.TempDir(), r.Config, results)
}

// checkStore asks, once a batch has ended, that all of it is decided and that
// every promise holds.
func checkStore(t *testing.T, r *running) {
	t.Helper()
	checker, closePool, err := app.Invariants(t.Context(), r.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer closePool()
	list, err := checker.Run(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range list {
		if rule.Count > 0 {
			t.Errorf("%s, %s: %d violations, such as %v", rule.ID, rule.Rule, rule.Count, rule.Examples)
		}
	}
	rows, _ := checker.DB.Query(t.Context(), `select count(*) from attempts where state not in ('decided', 'waiting', 'withdrawn')`)
	if open, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int]); err != nil || open != 0 {
		t.Errorf("%d attempts are still open (%v)", open, err)
	}
}
