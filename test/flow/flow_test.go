package flow

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"realname/internal/app"
	"realname/internal/authority"
	"realname/internal/bus"
	"realname/internal/devstack"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const tenant = "acme"

// flow is a stack without services.
type flow struct {
	t      *testing.T
	url    string
	nats   *devstack.NATS
	config app.Config
	pool   *pgxpool.Pool
	*postgres.Store
}

func newFlow(t *testing.T) flow {
	t.Helper()
	c, err := app.Default()
	f := flow{t: t, url: testenv.Database(t), nats: testenv.NATS(t), config: c}
	f.must(err)
	f.pool, f.Store = f.store()
	f.must(f.EnsureTenant(t.Context(), tenant, "Acme"))
	return f
}

// store opens the database as a service does.
func (f flow) store() (*pgxpool.Pool, *postgres.Store) {
	f.t.Helper()
	pool, err := postgres.Open(f.t.Context(), f.url, 8)
	f.must(err)
	f.t.Cleanup(pool.Close)
	return pool, postgres.New(pool)
}

func (f flow) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// worker is the wiring of a worker around an examiner.
func (f flow) worker(name string, parallel int, e pipeline.Examiner) (stop func()) {
	f.t.Helper()
	_, store := f.store()
	b, err := bus.Connect(f.nats.URL, 1, zerolog.Nop())
	f.must(err)
	p := &pipeline.Pipeline{
		Store: store, Blobs: noBlobs{}, Examiner: e, Checks: approve{}, Recorder: pipeline.NewRecorder(store),
		Worker: name, Lease: f.config.Worker.Lease, MaxBytes: 1 << 20, Now: time.Now, Log: zerolog.Nop(),
	}
	ctx, cancel := context.WithCancel(f.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { app.Review(ctx, f.config, store, b, p, nil, parallel) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait(); b.Close() })
	f.t.Cleanup(stop)
	return stop
}

// submit writes a submission and returns its attempt's id.
func (f flow) submit(tenant string, change ...func(*review.Submission)) string {
	f.t.Helper()
	sub := review.Submission{ID: id(), Tenant: tenant, SubjectRef: "example.cn", Profile: "default", CreatedAt: time.Now()}
	sub.Attempts = []review.Attempt{{
		ID: id(), SubmissionID: sub.ID, Number: 1, State: review.Queued, CreatedAt: time.Now(),
		Declared:  review.Declared{Name: "样本甲", Number: "SPECIMEN-1"},
		Documents: []review.Document{{ID: id(), Role: review.Licence, Extension: "jpg", Size: 3, SHA256: "abc", BlobKey: "k"}},
	}}
	for _, c := range change {
		c(&sub)
	}
	_, _, err := f.Submit(f.t.Context(), tenant, "", [32]byte{}, sub)
	f.must(err)
	return sub.Attempts[0].ID
}

func id() string { return uuid.Must(uuid.NewV7()).String() } // fails only without a source of randomness

// decided waits until so many attempts are decided.
func (f flow) decided(want int) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	defer cancel()
	changes := f.Changes(ctx) // every outcome wakes the relay, and us
	for {
		var n int
		f.must(f.pool.QueryRow(ctx, `select count(*) from attempts where state = 'decided'`).Scan(&n))
		if n >= want {
			return
		}
		select {
		case <-changes:
		case <-ctx.Done():
			f.t.Fatalf("%d of %d attempts are decided", n, want)
		}
	}
}

type noBlobs struct{}

func (noBlobs) Ping(context.Context) error { return nil }

func (noBlobs) Get(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("abc")), nil
}

// approve finds nothing wrong.
type approve struct{}

func (approve) Run(review.StageName, string, review.Facts) []review.Finding { return nil }

func (approve) Decide([]review.Finding) review.Outcome {
	return review.Outcome{Kind: review.Approved, RuleSet: "test"}
}

func (approve) Terms(string, review.CredentialType) authority.Terms { return authority.Terms{} }

// seen notes the attempts in the order in which they are examined, each of them
// once it may go on.
type seen struct {
	mu    sync.Mutex
	order []string
	gate  chan struct{} // nil: goes on at once
}

func (s *seen) Examine(ctx context.Context, _ review.Declared, doc review.Document, _ []byte) (review.DocumentFacts, error) {
	s.mu.Lock()
	s.order = append(s.order, doc.ID)
	s.mu.Unlock()
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return review.DocumentFacts{}, ctx.Err()
		}
	}
	return review.DocumentFacts{Role: doc.Role}, nil
}

func (*seen) Carry(review.Facts, review.Declared, review.Document) (review.DocumentFacts, bool) {
	return review.DocumentFacts{}, false
}

func (s *seen) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}
