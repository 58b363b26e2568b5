package postgres

import (
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/pipeline"
	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const tenant = "acme"

// fixture is a store on a database with one tenant.
type fixture struct {
	*Store
	pool *pgxpool.Pool
	t    *testing.T
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	pool := testenv.Postgres(t)
	f := fixture{New(pool), pool, t}
	f.must(f.EnsureTenant(t.Context(), tenant, "Acme"))
	return f
}

func (f fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func newID(t *testing.T) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func (f fixture) newSubmission() review.Submission {
	id := newID(f.t)
	a := f.newAttempt(id)
	a.Number = 1
	return review.Submission{ID: id, Tenant: tenant, SubjectRef: "example.cn", Profile: "default", CreatedAt: time.Now(), Attempts: []review.Attempt{a}}
}

func (f fixture) newAttempt(submission string) review.Attempt {
	return review.Attempt{
		ID: newID(f.t), SubmissionID: submission, State: review.Queued, CreatedAt: time.Now(),
		Declared:  review.Declared{Name: "样本甲", Number: "SPECIMEN-1"},
		Documents: []review.Document{{ID: newID(f.t), Role: review.Licence, Extension: "jpg", Size: 3, SHA256: "abc", BlobKey: "k"}},
	}
}

// submit writes a new submission without a key.
func (f fixture) submit() review.Submission {
	f.t.Helper()
	s, _, err := f.Submit(f.t.Context(), tenant, "", [32]byte{}, f.newSubmission())
	f.must(err)
	return s
}

func (f fixture) claim(attemptID string) pipeline.Claim {
	f.t.Helper()
	c, err := f.Claim(f.t.Context(), attemptID, "worker-1", time.Minute)
	f.must(err)
	return c
}

func (f fixture) record(c pipeline.Claim, kind review.Kind) error {
	f.t.Helper()
	return f.recordOutcome(c, review.Outcome{Kind: kind, RuleSet: "r1"})
}

func (f fixture) recordOutcome(c pipeline.Claim, o review.Outcome) error {
	f.t.Helper()
	results, err := f.Record(f.t.Context(), []pipeline.Decision{{AttemptID: c.Attempt.ID, Epoch: c.Epoch, Outcome: o,
		Facts: review.Facts{Declared: c.Attempt.Declared}}})
	f.must(err)
	return results[0]
}

func (f fixture) state(submissionID string) review.Attempt {
	f.t.Helper()
	s, err := f.Submission(f.t.Context(), tenant, submissionID)
	f.must(err)
	return s.Attempts[len(s.Attempts)-1]
}

func (f fixture) count(sql string, args ...any) int {
	f.t.Helper()
	var n int
	f.must(f.pool.QueryRow(f.t.Context(), sql, args...).Scan(&n))
	return n
}

func (f fixture) exec(sql string, args ...any) {
	f.t.Helper()
	_, err := f.pool.Exec(f.t.Context(), sql, args...)
	f.must(err)
}

// expire lets every lease run out.
func (f fixture) expire() { f.exec(`update attempts set lease_until = now() - interval '1 second'`) }
