package devstack

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats-server/v2/server"
)

// The three NATS of compose's profile "cluster" know each other by the names that
// compose gives them, sync every message and agree on it.
func TestTheClusterOfComposeIsThreeNodesThatSync(t *testing.T) {
	o, err := server.ProcessConfigFile("../../deploy/nats-cluster.conf")
	if err != nil {
		t.Fatal(err)
	}
	if !o.JetStream || !o.SyncAlways || o.Cluster.Name == "" || len(o.Routes) != 3 {
		t.Errorf("JetStream %v, sync always %v, cluster %q of %d", o.JetStream, o.SyncAlways, o.Cluster.Name, len(o.Routes))
	}
	data, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Profiles []string `yaml:"profiles"`
			Command  []string `yaml:"command"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(data, &compose); err != nil {
		t.Fatal(err)
	}
	for _, route := range o.Routes {
		s, ok := compose.Services[route.Hostname()]
		if !ok || !slices.Contains(s.Profiles, "cluster") || !slices.Contains(s.Command, route.Hostname()) {
			t.Errorf("compose has no node %s of that name in the profile: %+v", route.Hostname(), s)
		}
	}
}

// The replica of compose's profile "cluster" copies the primary, follows it, and
// refuses writes.
func TestTheReplicaOfComposeFollows(t *testing.T) {
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) {
		must(t, os.Chmod(d, 0o711)) // the account that Postgres runs as passes through
	}
	for _, d := range []string{"a", "b"} {
		must(t, os.Mkdir(filepath.Join(dir, d), 0o700))
	}
	primary, err := StartPostgres(filepath.Join(dir, "a"), true)
	must(t, err)
	t.Cleanup(primary.Kill)
	must(t, execute(t, primary, `create table notes (n integer); insert into notes values (1)`))

	replica := startReplica(t, primary, filepath.Join(dir, "b"))
	follows(t, replica, 1)
	must(t, execute(t, primary, `insert into notes values (2)`))
	follows(t, replica, 2)
	if err := execute(t, replica, `insert into notes values (3)`); err == nil {
		t.Error("the replica takes writes")
	}
}

func startReplica(t *testing.T, primary *Postgres, dir string) *Postgres {
	t.Helper()
	cred, err := unprivileged(dir)
	must(t, err)
	script, err := os.ReadFile("../../deploy/postgres/replica.sh")
	must(t, err)
	cmd := exec.Command("sh", "-s", "--", "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=200")
	cmd.Dir, cmd.Stdin = "/", bytes.NewReader(script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	cmd.Env = []string{"PATH=" + primary.bin + ":/usr/bin:/bin", "PRIMARY=" + primary.dir, "PGUSER=realname", "PGPASSWORD=specimen", "PGDATA=" + filepath.Join(dir, "pg")}
	proc, err := startProcess(cmd, syscall.SIGINT)
	must(t, err)
	replica := &Postgres{dir: dir, bin: primary.bin, cred: cred, proc: proc}
	t.Cleanup(replica.Kill)
	must(t, replica.awaitReady())
	return replica
}

// follows waits until the replica has so many rows.
func follows(t *testing.T, p *Postgres, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	must(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := 0; n != want; {
		select {
		case <-tick.C:
			must(t, conn.QueryRow(ctx, `select count(*) from notes`).Scan(&n))
		case <-ctx.Done():
			t.Fatalf("the replica has %d rows, want %d", n, want)
		}
	}
}

func execute(t *testing.T, p *Postgres, sql string) error {
	conn, err := pgx.Connect(t.Context(), p.URL("postgres"))
	must(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	_, err = conn.Exec(t.Context(), sql)
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
