package notices

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"

	"realname/internal/notify"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// The canaries: they stand where a person's name, number and address would, and
// must turn up nowhere.
const (
	canaryName   = "金丝雀样本甲乙"
	canaryNumber = "11010119900307CANARY"
	canaryMail   = "canary.specimen@example.com"
)

const tenant = "acme"

// world is a notifier between a database and its receivers.
type world struct {
	t         *testing.T
	pool      *pgxpool.Pool
	store     *postgres.Store
	receivers *receivers
	env       []string
	ops       string
	bin       string

	mu   sync.Mutex
	cmd  *exec.Cmd
	log  bytes.Buffer // of the notifier
	rang bytes.Buffer // all that NATS carried
}

func newWorld(t *testing.T) *world {
	t.Helper()
	url, bus := testenv.Database(t), testenv.NATS(t)
	pool, err := pgxpool.New(t.Context(), url)
	must(t, err)
	t.Cleanup(pool.Close)
	w := &world{t: t, pool: pool, store: postgres.New(pool), receivers: newReceivers(t), ops: freeAddress(t), bin: build(t)}
	w.listenAll(bus.URL)
	w.env = []string{
		"DATABASE_URL=" + url, "NATS_URL=" + bus.URL, "OPS_LISTEN=" + w.ops, "WEBHOOK_ALLOW=127.0.0.0/8", "DELIVERY_LEASE=" + lease.String(),
		"LOG_LEVEL=debug", // and no way to the documents, which it does not open
	}
	must(t, w.store.EnsureTenant(t.Context(), tenant, "Acme"))
	return w
}

var built struct {
	once sync.Once
	path string
	err  error
}

// build makes the notifier that ships, once.
func build(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "rn-notifier-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "notifier")
		out, err := exec.Command("go", "build", "-o", built.path, "realname/cmd/notifier").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build the notifier: %w\n%s", err, out)
		}
	})
	must(t, built.err)
	return built.path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// listenAll keeps whatever NATS carries.
func (w *world) listenAll(url string) {
	nc, err := nats.Connect(url)
	must(w.t, err)
	w.t.Cleanup(nc.Close)
	_, err = nc.Subscribe(">", func(m *nats.Msg) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.rang.WriteString(m.Subject)
		w.rang.Write(m.Data)
		fmt.Fprint(&w.rang, m.Header)
	})
	must(w.t, err)
}

// Write takes the notifier's log.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

func (w *world) start() {
	w.t.Helper()
	w.cmd = exec.Command(w.bin)
	w.cmd.Env, w.cmd.Stderr = append(os.Environ(), w.env...), w
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(w.t, w.cmd.Start())
}

// end ends the notifier and returns the CPU time that it took.
func (w *world) end(s syscall.Signal) time.Duration {
	_ = w.cmd.Process.Signal(s)
	_ = w.cmd.Wait() // it was told to
	return w.cmd.ProcessState.UserTime() + w.cmd.ProcessState.SystemTime()
}

// endpoint makes an endpoint of the tenant.
func (w *world) endpoint(target string, atOnce int) string {
	w.t.Helper()
	e := review.Endpoint{ID: uuid.Must(uuid.NewV7()).String(), Tenant: tenant, Kind: review.Webhook, Target: target,
		Events: []string{review.EventDecided}, Secret: notify.NewSecret(), AtOnce: atOnce, Enabled: true}
	must(w.t, w.store.PutEndpoint(w.t.Context(), e))
	return e.ID
}

// running writes submissions that a worker has under way, and returns the attempts.
func (w *world) running(n int) []string {
	w.t.Helper()
	subs, attempts := make([]string, n), make([]string, n)
	for i := range n {
		subs[i], attempts[i] = uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	}
	_, err := w.pool.Exec(w.t.Context(), `insert into submissions (id, tenant_id, subject_ref, profile)
		select id, $2, 'example.cn', 'default' from unnest($1::uuid[]) id`, subs, tenant)
	must(w.t, err)
	_, err = w.pool.Exec(w.t.Context(), `insert into attempts (id, tenant_id, submission_id, number, state, declared, number_hash, name_hash, epoch, lease_until)
		select a, $3, s, 1, 'running', $4, '', '', 1, now() + interval '1 hour' from unnest($1::uuid[], $2::uuid[]) x(a, s)`,
		attempts, subs, tenant, declared())
	must(w.t, err)
	return attempts
}

func declared() review.Declared {
	return review.Declared{Name: canaryName, Number: canaryNumber, Email: canaryMail}
}

// decide records refusals as a worker does, many in one transaction.
func (w *world) decide(ctx context.Context, attempts []string) error {
	list := make([]pipeline.Decision, len(attempts))
	for i, id := range attempts {
		list[i] = pipeline.Decision{AttemptID: id, Epoch: 1, Facts: review.Facts{Declared: declared()}, Outcome: review.Decide([]review.Finding{
			{Check: "NUM-05", Detail: "number_check_digit", Reason: review.CredentialTypeOrNumberInvalid, Severity: review.Fail, Field: review.FieldNumber,
				Declared: canaryNumber, Read: canaryNumber, Fix: canaryNumber},
			{Check: "NAM-01", Detail: "name_differs", Reason: review.RegistrantInfoMismatch, Severity: review.Fail, Field: review.FieldName,
				Declared: canaryName, Read: canaryName},
		}, nil, "test")}
	}
	results, err := w.store.Record(ctx, list)
	for _, r := range results {
		if err == nil {
			err = r
		}
	}
	return err
}
