package e2e

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/app"
	"realname/internal/blob"
	"realname/internal/demo"
	"realname/internal/devstack"
	"realname/internal/specimen"
)

// pgTool is a program of Postgres.
func pgTool(t *testing.T, name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is well formed
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program and returns what it printed.
func tool(t *testing.T, env []string, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(name), args[0], err, errs.Bytes())
	}
	return out.Bytes()
}

// fresh are servers on which nothing ever was.
type fresh struct {
	pg   *devstack.Postgres
	nats *devstack.NATS
	s3   *devstack.S3
}

func startFresh(t *testing.T) fresh {
	t.Helper()
	dir, err := os.MkdirTemp("", "rn-fresh-") // short: it holds a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	var f fresh
	for _, d := range []string{dir, dir + "/pg", dir + "/nats", dir + "/s3"} {
		if err = os.MkdirAll(d, 0o700); err == nil {
			err = os.Chmod(d, 0o711)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if f.pg, err = devstack.StartPostgres(dir+"/pg", true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.pg.Kill)
	if f.nats, err = devstack.StartNATS(dir + "/nats"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.nats.Stop)
	if f.s3, err = devstack.StartS3(dir + "/s3"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.s3.Stop)
	return f
}

// over is a configuration with these servers in place of the old ones. The bucket and
// the sealing key stay what they were.
func (f fresh) over(c app.Config) app.Config {
	c.Postgres.URL, c.NATS.URL = f.pg.URL("restored"), f.nats.URL
	c.S3.Endpoint, c.S3.AccessKey, c.S3.SecretKey = f.s3.Address, f.s3.AccessKey, f.s3.SecretKey
	return c
}

// copyBucket copies every object, as any tool that knows S3 does.
func copyBucket(t *testing.T, from, to app.Config) {
	t.Helper()
	a, err := app.Blobs(from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := app.Blobs(to)
	if err == nil {
		err = b.EnsureBucket(t.Context())
	}
	if err == nil {
		err = a.Each(t.Context(), func(key string, size int64, _ time.Time) error { return copyObject(t.Context(), a, b, key, size) })
	}
	if err != nil {
		t.Fatal(err)
	}
}

func copyObject(ctx context.Context, from, to *blob.Store, key string, size int64) error {
	r, err := from.Get(ctx, key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = to.Put(ctx, key, io.LimitReader(r, size), size)
	return err
}

// Rule: database and bucket come back from a backup that was taken while everything
// ran, NATS comes back empty, and every submission that the backup holds still ends;
// whoever was erased after the backup is erased again before anything is served.
func TestABackupBringsEverySubmissionBack(t *testing.T) {
	r := startServers(t)
	ingest, worker := startService(t, r.Stack, "ingest"), startService(t, r.Stack, "worker")
	if err := r.Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sent []demo.Accepted
	send := func(items []demo.Item) {
		for _, item := range items {
			image, err := specimen.Draw(item.Specimen)
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.Submit(t.Context(), "", item.Name+".example", item.Declared, item.Specimen.Role, "jpg", image)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, a)
		}
	}
	items := demo.Items(time.Now())[:6]
	send(items[:2])
	waitFor(t, r.Config, `select count(*) = 2 from attempts where state = 'decided'`)
	worker.end(syscall.SIGKILL)
	send(items[2:]) // they wait in the database, and in the JetStream that will be gone

	// The backup: the database first, so that the bucket has at least what it names.
	dir := t.TempDir()
	globals, dump := filepath.Join(dir, "globals.sql"), filepath.Join(dir, "realname.dump")
	tool(t, nil, pgTool(t, "pg_dumpall"), "-d", r.Config.Postgres.URL, "--globals-only", "--no-role-passwords", "-f", globals)
	tool(t, nil, pgTool(t, "pg_dump"), "-d", r.Config.Postgres.URL, "-Fc", "-f", dump)
	servers := startFresh(t)
	restored := servers.over(r.Config)
	copyBucket(t, r.Config, restored)

	// Afterwards somebody is erased; the list of that is kept apart.
	tool(t, r.Environ(), program("realname"), "erase", "--tenant", demo.Tenant, "--purpose", "person_asks", "--submission", sent[0].ID, "--others")
	list := filepath.Join(dir, "erased.jsonl")
	if err := os.WriteFile(list, tool(t, r.Environ(), program("realname"), "erase", "list"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkPromises(t, r.Config)
	ingest.end(syscall.SIGKILL) // and then everything burns

	tool(t, nil, pgTool(t, "psql"), "-q", "-d", servers.pg.URL("postgres"), "-f", globals)
	tool(t, nil, pgTool(t, "psql"), "-q", "-d", servers.pg.URL("postgres"), "-c", "create database restored")
	tool(t, nil, pgTool(t, "pg_restore"), "-d", restored.Postgres.URL, "--exit-on-error", dump)
	back := &running{Stack: &demo.Stack{Config: restored, URL: r.Stack.URL, Key: r.Stack.Key}, Client: r.Client, receiver: r.receiver}
	tool(t, back.Environ(), program("realname"), "migrate")
	if out := string(tool(t, back.Environ(), program("realname"), "erase", "replay", list)); !strings.Contains(out, "1 submissions and rows that had come back were erased again") {
		t.Errorf("the replay says %q", out)
	}
	for _, name := range []string{"ingest", "worker", "notifier"} {
		startService(t, back.Stack, name)
	}
	waitFor(t, restored, `select count(*) filter (where state = 'decided') = 6 and count(*) = 6 from attempts`)
	waitFor(t, restored, `select count(*) = 0 from deliveries where state = 'due' and tries = 0`)
	checkPromises(t, restored)
	for i, a := range sent {
		got, err := back.Attempt(t.Context(), a.ID)
		if err != nil || got.Outcome == nil || got.Outcome.Kind != items[i].Want {
			t.Errorf("%s came back as %+v, want %s (%v)", items[i].Name, got.Outcome, items[i].Want, err)
		}
	}
	holds(t, restored, `select declared->>'name' is null and facts is null from attempts where submission_id = '`+sent[0].ID+`'`)
}

// waitFor waits until a question is answered with yes.
func waitFor(t *testing.T, c app.Config, question string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ask(ctx, t, c, question) {
		select {
		case <-ctx.Done():
			t.Fatalf("after three minutes still not: %s", question)
		case <-tick.C:
		}
	}
}

func holds(t *testing.T, c app.Config, question string) {
	t.Helper()
	if !ask(t.Context(), t, c, question) {
		t.Errorf("it is not so: %s", question)
	}
}

func ask(ctx context.Context, t *testing.T, c app.Config, question string) (yes bool) {
	t.Helper()
	conn, err := pgx.Connect(ctx, c.Postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := conn.QueryRow(ctx, question).Scan(&yes); err != nil {
		t.Fatal(err)
	}
	return yes
}

// checkPromises asks all but whether work lies: nobody may be at it just now.
func checkPromises(t *testing.T, c app.Config) {
	t.Helper()
	checker, closePool, err := app.Invariants(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer closePool()
	list, err := checker.Run(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range list {
		if rule.Count > 0 && rule.ID != "I8" {
			t.Errorf("%s, %s: %d violations, such as %v", rule.ID, rule.Rule, rule.Count, rule.Examples)
		}
	}
}
