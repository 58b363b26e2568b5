package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/devstack"
	"realname/internal/reader"
)

func TestMain(m *testing.M) {
	devstack.RunChild()
	if err := reader.EnsureThreads(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// build compiles a program once, without cgo tricks or race detector: what is
// tested is what ships.
func build(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", path, "realname/cmd/"+name).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// workerProcess is the real worker, which can be killed and started again.
type workerProcess struct {
	t       *testing.T
	program string
	env     []string
	mu      sync.Mutex
	cmd     *exec.Cmd
}

func (w *workerProcess) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cmd = exec.Command(w.program)
	w.cmd.Env = append(os.Environ(), w.env...)
	w.cmd.Stderr = os.Stderr
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := w.cmd.Start(); err != nil {
		w.t.Error(err)
	}
}

func (w *workerProcess) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.cmd.Process.Signal(syscall.SIGKILL)
	_ = w.cmd.Wait() // it was killed
}

// I1, I3: the worker is killed in the middle of the demo batch, three times,
// and every submission still ends as expected, with one outcome per attempt.
func TestAKilledWorkerLosesNothingAndDoublesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "rn-e2e-") // short: it holds a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	receiver, err := demo.StartReceiver()
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Stop()
	stack, err := demo.StartStack(ctx, demo.Options{Dir: dir, Listen: "127.0.0.1:0", Webhook: receiver.URL,
		Log: app.LogConfig{Level: "error", Format: "text"}, Without: []string{"worker"}})
	if err != nil {
		t.Fatal(err)
	}
	defer stack.Stop()
	w := &workerProcess{t: t, program: build(t, "worker"), env: append(stack.Environ(), "WORKER_LEASE=2s", "OMP_THREAD_LIMIT=1")}
	w.start()
	defer w.kill()
	killed := make(chan struct{}, 8)
	receiver.OnNotice = func(n int) { // while others are being reviewed
		if n == 2 || n == 7 || n == 13 {
			go func() { w.kill(); w.start(); killed <- struct{}{} }()
		}
	}
	results := sendAll(t, ctx, stack, receiver)
	for range 3 {
		<-killed
	}
	for _, r := range results {
		if !r.AsExpected() {
			t.Errorf("%s ended as %+v, want %s %s", r.Item.Name, r.Attempt.Outcome, r.Item.Want, r.Item.Reason)
		}
	}
	checkStore(t, stack.Config.Postgres.URL)
	replayBatch(t, dir, stack.Config.Postgres.URL, results)
}

// sendAll runs ingest and notifier in this process for as long as the batch takes.
func sendAll(t *testing.T, ctx context.Context, s *demo.Stack, r *demo.Receiver) []demo.Result {
	t.Helper()
	running, stop := context.WithCancel(ctx)
	var services sync.WaitGroup
	services.Go(func() {
		if err := s.Run(running); err != nil {
			t.Error(err)
		}
	})
	defer services.Wait()
	defer stop()
	c := demo.Client{URL: s.URL, Key: s.Key}
	if err := c.Await(running); err != nil {
		t.Fatal(err)
	}
	results, err := demo.Send(running, c, r, demo.Items(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return results
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
