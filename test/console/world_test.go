package console

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/app"
	"realname/internal/client"
	"realname/internal/demo"
	"realname/internal/devstack"
	"realname/internal/reader"
	"realname/internal/specimen"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) {
	devstack.RunChild()
	reader.RunChild()
	os.Exit(m.Run())
}

// world is the stack of `realname up` with its three services.
type world struct {
	*testing.T
	*demo.Stack
	api      demo.Client
	pool     *pgxpool.Pool
	provider *testenv.OpenID // where people of the organisation sign in
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "rn-web-") // short: it holds a Unix socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o711)) // the account that Postgres runs as passes through
	s, err := demo.StartStack(t.Context(), demo.Options{Dir: dir, Listen: "127.0.0.1:0", Log: app.LogConfig{Level: "error", Format: "text"}})
	must(t, err)
	t.Cleanup(s.Stop)
	w := &world{T: t, Stack: s, api: demo.Client{URL: s.URL, Key: s.Key}, provider: testenv.NewOpenID(t, s.URL+"/console/sign-in/back")}
	s.Config.OpenID = app.OpenIDConfig{Issuer: w.provider.URL, ClientID: testenv.OpenIDClient, Secret: testenv.OpenIDSecret, Scopes: []string{"profile", "email"},
		RolesClaim: "groups", Roles: []string{"staff=" + demo.Tenant + ":viewer"}, Console: s.URL}
	w.pool, err = pgxpool.New(t.Context(), s.Config.Postgres.URL)
	must(t, err)
	t.Cleanup(w.pool.Close)
	w.serve()
	return w
}

// serve runs the services until the test ends.
func (w *world) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Stack.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("the services: %v", err)
		}
	})
	must(w, w.api.Await(w.Context()))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send sends items of the demo batch by name, and waits for what becomes of them.
func (w *world) send(names ...string) {
	w.Helper()
	var ids []string
	for _, item := range demo.Items(time.Now()) {
		if !slices.Contains(names, item.Name) {
			continue
		}
		image, err := specimen.Draw(item.Specimen)
		must(w, err)
		got, err := w.api.Submit(w.Context(), "", item.Name+".example", item.Declared, item.Specimen.Role, "jpg", image)
		must(w, err)
		ids = append(ids, got.ID)
	}
	for _, id := range ids {
		w.until("review "+id, func() bool {
			a, err := w.api.Attempt(w.Context(), id)
			must(w, err)
			return a.Outcome != nil
		})
	}
}

// sendBatch sends n generated items as one archive.
func (w *world) sendBatch(n int) string {
	w.Helper()
	var archive bytes.Buffer
	must(w, demo.Pack(&archive, demo.Generate(n, 7, time.Now())))
	c := client.Client{URL: w.URL, Key: w.Key}
	b, err := c.SubmitBatch(w.Context(), "", client.Archive{File: bytes.NewReader(archive.Bytes()), Size: int64(archive.Len())}, func(int64) {})
	must(w, err)
	return b.ID
}

// patience is how long a step may take, on a machine that others load.
const patience = 90 * time.Second

// until waits for what a server does in its own time.
func (w *world) until(what string, holds func() bool) {
	w.Helper()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			w.Fatalf("in %v this did not come true: %s", patience, what)
		}
	}
}

// one reads a value of the database.
func (w *world) one(sql string, args ...any) (v string) {
	w.Helper()
	must(w, w.pool.QueryRow(w.Context(), sql, args...).Scan(&v))
	return v
}

func (w *world) count(sql string, args ...any) string {
	w.Helper()
	return w.one(fmt.Sprintf(`select count(*)::text from (%s) x`, sql), args...)
}
