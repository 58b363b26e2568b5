//go:build chaos

package chaos

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/devstack"
)

// world is a whole system: servers, the links to them, services and clients.
type world struct {
	t        testing.TB
	stack    *demo.Stack
	receiver *demo.Receiver
	nodes    []*devstack.Node
	links    map[string]*link // by service and server
	services map[string]*service
	pool     *pgxpool.Pool // past the links
	load     *load
}

// newWorld starts servers, of which NATS has so many nodes, and no service yet.
func newWorld(t testing.TB, dir string, nodes int) *world {
	t.Helper()
	w := &world{t: t, links: map[string]*link{}, services: map[string]*service{}}
	var err error
	if w.receiver, err = demo.StartReceiver(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.receiver.Stop)
	w.stack, err = demo.StartStack(t.Context(), demo.Options{Dir: dir, Listen: "127.0.0.1:0", Webhook: w.receiver.URL, Log: app.LogConfig{Level: "warn", Format: "text"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stack.Stop)
	w.stack.NATS().Stop() // ours are processes, which can be killed
	if w.nodes, err = devstack.StartNodes(dir+"/nodes", nodes); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, n := range w.nodes {
			n.Kill()
		}
	})
	if w.pool, err = pgxpool.New(t.Context(), w.stack.Config.Postgres.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.pool.Close)
	w.load = newLoad(w)
	return w
}

// shortDir is a directory whose path leaves room for a Unix socket's name.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rn-chaos-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run starts a service whose links to the servers can be broken.
func (w *world) run(bin, name string, env ...string) *service {
	w.t.Helper()
	socket := strings.TrimSuffix(w.stack.Mails, "/mail") + "/postgres/.s.PGSQL.5432"
	pg, s3 := newLink(w.t, "unix", socket), newLink(w.t, "tcp", w.stack.Config.S3.Endpoint)
	w.links[name+"-postgres"], w.links[name+"-s3"] = pg, s3
	var urls []string
	for _, n := range w.nodes {
		l := newLink(w.t, "tcp", strings.TrimPrefix(n.URL, "nats://"))
		w.links[name+"-nats"] = l
		urls = append(urls, "nats://"+l.addr)
	}
	s := &service{t: w.t, name: name, bin: bin, env: append(append(w.stack.Environ(), "WORKER_PARALLEL=4", "WORKER_LEASE=2s", "BATCH_LEASE=2s", "WORKER_LONGEST=4s", "DELIVERY_LEASE=20s",
		"DATABASE_URL=postgres://realname@"+pg.addr+"/postgres?sslmode=disable", "S3_ENDPOINT="+s3.addr, "NATS_URL="+strings.Join(urls, ",")), env...)}
	w.services[name] = s
	s.start()
	w.t.Cleanup(func() { _ = s.stop() })
	return s
}

// runAll starts the three services as they ship and waits until they answer.
func (w *world) runAll(bin string, env ...string) {
	w.t.Helper()
	for _, name := range []string{"ingest", "worker", "notifier"} {
		w.run(bin, name, env...)
	}
	w.await()
}

// ends is how often the worker ended without having been asked to.
func (w *world) ends() int {
	s := w.services["worker"]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crashes
}

func (w *world) await() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := (demo.Client{URL: w.stack.URL, Key: w.stack.Key}).Await(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// settle waits until nothing is on its way any more. It gives up when nothing
// has come to its end for so long; a crowded machine may take its time.
func (w *world) settle(patience time.Duration) {
	w.t.Helper()
	const busy = `select (select count(*) from attempts where state in ('queued', 'running')) + (select count(*) from deliveries where state = 'due')`
	tick := time.NewTicker(time.Second) // counting a hundred thousand takes a while
	defer tick.Stop()
	least, moved, said := -1, time.Now(), time.Now()
	for n := -1; n != 0; {
		<-tick.C
		if err := w.pool.QueryRow(w.t.Context(), busy).Scan(&n); err != nil {
			n = -1 // the server is on its way up
			continue
		}
		if least < 0 || n < least {
			least, moved = n, time.Now()
		}
		if time.Since(said) > 10*time.Second {
			said = time.Now()
			w.t.Logf("%d on their way", n)
		}
		if time.Since(moved) > patience {
			w.t.Errorf("%d attempts and deliveries are still on their way and none has ended for %v, such as %v", n, patience,
				w.column(`(select concat_ws(' ', 'attempt', id, state, 'crashes', crashes, 'errors', errors, lease_until, retry_at) from attempts where state in ('queued', 'running') limit 3)
					union all (select concat_ws(' ', 'delivery', id, 'tries', tries, next_at, lease_until) from deliveries where state = 'due' limit 3)`))
			return
		}
	}
}

// verify ends a run: every promise holds, and what clients were told is true.
func (w *world) verify() {
	w.t.Helper()
	checker, closePool, err := app.Invariants(w.t.Context(), w.stack.Config)
	if err != nil {
		w.t.Fatal(err)
	}
	defer closePool()
	list, err := checker.Run(w.t.Context(), time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, rule := range list {
		if rule.Count > 0 {
			w.t.Errorf("%s, %s: %d violations, such as %v", rule.ID, rule.Rule, rule.Count, rule.Examples)
		}
	}
	w.load.verify()
}

// column reads one column of texts.
func (w *world) column(sql string, args ...any) []string {
	w.t.Helper()
	rows, _ := w.pool.Query(w.t.Context(), sql, args...)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}
