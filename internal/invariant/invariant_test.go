package invariant

import (
	"context"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/notify"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// system is a database in which one submission was refused and told, another is
// in review and a batch was taken.
type system struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *postgres.Store
	lists map[string]int64 // blobs with their sizes
	now   time.Time
	// meanwhile is the statement that happens between two looks of a rule.
	meanwhile string
}

const tenant = "acme"

func newSystem(t *testing.T) *system {
	t.Helper()
	pool := testenv.Postgres(t)
	s := &system{t: t, pool: pool, store: postgres.New(pool), lists: map[string]int64{}, now: time.Now()}
	for _, id := range []string{tenant, "other"} {
		s.must(s.store.EnsureTenant(t.Context(), id, id))
	}
	s.must(s.store.PutEndpoint(t.Context(), review.Endpoint{ID: id(), Tenant: tenant, Kind: review.Webhook, Target: "https://hook.example", Enabled: true}))
	_, err := s.pool.Exec(t.Context(), `update endpoints set enabled_at = now() - interval '1 hour'`)
	s.must(err)
	s.refuse(s.submit())
	s.submit()
	_, _, err = s.store.CreateBatch(t.Context(), review.Batch{ID: id(), Tenant: tenant, Profile: "default", SHA256: "ab", Size: 3, BlobKey: "batch", CreatedAt: s.now})
	s.must(err)
	s.lists["batch"] = 3
	return s
}

func id() string { return uuid.Must(uuid.NewV7()).String() }

func (s *system) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *system) submit() review.Submission {
	s.t.Helper()
	sub := review.Submission{ID: id(), Tenant: tenant, SubjectRef: "example.cn", Profile: "default", CreatedAt: s.now}
	key := id()
	sub.Attempts = []review.Attempt{{ID: id(), SubmissionID: sub.ID, Number: 1, CreatedAt: s.now, Declared: review.Declared{Name: "样本甲"},
		Documents: []review.Document{{ID: id(), Role: review.Licence, Extension: "jpg", Size: 3, SHA256: "abc", BlobKey: key}}}}
	s.lists[key] = 3
	_, _, err := s.store.Submit(s.t.Context(), tenant, sub.ID, [32]byte{}, sub)
	s.must(err)
	return sub
}

func (s *system) refuse(sub review.Submission) {
	s.t.Helper()
	c, err := s.store.Claim(s.t.Context(), sub.Attempts[0].ID, "w", time.Minute)
	s.must(err)
	o := decide([]review.Finding{{Check: "NUM-05", Detail: "d", Reason: review.MaterialUnclear, Severity: review.Fail}})
	_, err = s.store.Record(s.t.Context(), []pipeline.Decision{{AttemptID: c.Attempt.ID, Epoch: c.Epoch, Outcome: o, Facts: review.Facts{Declared: c.Attempt.Declared}}})
	s.must(err)
	var endpoint string
	s.must(s.pool.QueryRow(s.t.Context(), `select endpoint_id::text from deliveries`).Scan(&endpoint))
	list, err := s.store.ClaimDeliveries(s.t.Context(), map[string]int{endpoint: 1}, time.Minute)
	s.must(err)
	s.must(s.store.FinishDeliveries(s.t.Context(), []notify.Finished{{Delivery: list[0], Try: notify.Try{At: s.now, Status: 200}, Next: notify.Next{Delivered: true}}}))
}

func decide(f []review.Finding) review.Outcome { return review.Decide(f, review.Precedence{}, "r1") }

// Each yields the blobs of the test.
func (s *system) Each(_ context.Context, yield func(string, int64, time.Time) error) error {
	for key, size := range s.lists {
		if err := yield(key, size, s.now); err != nil {
			return err
		}
	}
	return nil
}

// violations asks every rule after a statement that is undone at the end.
func (s *system) violations(now time.Time, statement string) map[string]int {
	s.t.Helper()
	tx, err := s.pool.Begin(s.t.Context())
	s.must(err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(s.t.Context())) }()
	// Triggers and foreign keys are what usually keeps a promise; here they are off.
	_, err = tx.Exec(s.t.Context(), "set local session_replication_role = replica; "+statement)
	s.must(err)
	c := Checker{DB: tx, Blobs: s, Decide: decide, Now: func() time.Time { return now },
		Settle: func(ctx context.Context) error { _, err := tx.Exec(ctx, s.meanwhile); return err },
		Outcomes: func(ctx context.Context, _ time.Time, yield func(string, review.Outcome) error) error {
			var id string
			var o review.Outcome
			rows, _ := tx.Query(ctx, `select attempt_id::text, outcome from outcomes`)
			_, err := pgx.ForEachRow(rows, []any{&id, &o}, func() error { return yield(id, o) })
			return err
		}}
	list, err := c.Run(s.t.Context(), time.Time{})
	s.must(err)
	return Violations(list)
}

// erasedBut says that all is erased, and leaves it where it is.
const erasedBut = `insert into erasures (id, tenant_id, purpose, actor, finished_at) values (gen_random_uuid(), 'acme', 'p', 'a', now());
	insert into erasure_items (erasure_id, tenant_id, submission_id, state) select e.id, 'acme', s.id, 'done' from erasures e, submissions s;
	update submissions set erased_at = now(), subject_ref = ''; update standings set erased = true, subject_ref = ''`

// broken are ways to break each promise.
var broken = []struct{ promise, how, sql string }{
	{"I1", "a submission without attempt", `delete from attempts where state = 'queued'`},
	{"I1", "a decision without outcome", `delete from outcomes`},
	{"I1", "parked for no reason", `update attempts set state = 'parked' where state = 'queued'`},
	{"I2", "an attempt without documents", `delete from documents where attempt_id in (select id from attempts where state = 'queued')`},
	{"I2", "a row without its blob", `update documents set blob_key = 'gone'`},
	{"I2", "a blob that was cut", `update documents set size = 4`},
	{"I3", "an outcome of an open attempt", `update attempts set state = 'waiting', eligible_at = now() where state = 'decided'`},
	{"I3", "two open attempts", `drop index attempts_one_open; insert into attempts select gen_random_uuid(), tenant_id, submission_id, 2, 'running', declared, number_hash, name_hash from attempts where state = 'queued'`},
	{"I4", "refused without a finding", `delete from findings`},
	{"I4", "approved with a finding that fails", `update outcomes set kind = 'approved'`},
	{"I4", "an outcome that the rules do not give", `update outcomes set outcome = jsonb_set(outcome, '{kind}', '"approved"')`},
	{"I5", "an endpoint that was not told", `delete from deliveries`},
	{"I6", "delivered at no time", `update deliveries set finished_at = null`},
	{"I6", "delivered without a try", `delete from delivery_tries`},
	{"I7", "another tenant's key", `update idempotency_keys set tenant_id = 'other'`},
	{"I7", "another tenant's document", `update documents set tenant_id = 'other'`},
	{"I7", "another tenant's delivery", `update deliveries set tenant_id = 'other'`},
	{"I8", "a lease that outlives the sweep", `update attempts set state = 'running', lease_until = now() - interval '3 minutes' where state = 'queued'`},
	{"I8", "a forgotten attempt", `delete from outbox; update attempts set created_at = now() - interval '3 minutes' where state = 'queued'`},
	{"I8", "a day that was missed", `update attempts set state = 'waiting', eligible_at = now() - interval '1 hour' where state = 'queued'`},
	{"I9", "a gap in the numbers", `update attempts set number = 3 where state = 'queued'`},
	{"I9", "two at once", `insert into attempts select gen_random_uuid(), tenant_id, submission_id, 2, 'decided', declared, number_hash, name_hash from attempts where state = 'queued'`},
	{"I9", "an end that was not told", `delete from events where kind = 'attempt.decided'`},
	{"I11", "a number in a receiver's answer", `update attempts set declared = declared || '{"number": "SPECIMEN-11"}'; update delivery_tries set answer = 'got SPECIMEN-11'`},
	{"I11", "a name in a note", `update attempts set parked_cause = 'not read: 样本甲'`},
	{"I11", "kept too long", `insert into retentions (tenant_id, ending, days) values ('acme', 'rejected', 3); update standings set changed_at = now() - interval '5 days'`},
	{"I11", "a row kept too long", `insert into retentions (tenant_id, ending, days) values ('acme', 'row_not_taken', 3); update batches set created_at = now() - interval '5 days';
		insert into batch_items (batch_id, row, tenant_id, cells) select id, 2, 'acme', '{}' from batches`},
	{"I12", "an erasure that left names", erasedBut},
	{"I12", "an erasure that left a document", erasedBut + `; update attempts set declared = '{}', facts = null, number_hash = '', name_hash = ''`},
	{"I12", "an erasure that is forgotten", `insert into erasures (id, tenant_id, purpose, actor, asked_at) values (gen_random_uuid(), 'acme', 'p', 'a', now() - interval '11 minutes');
		insert into erasure_items (erasure_id, tenant_id, submission_id) select id, 'acme', gen_random_uuid() from erasures`},
	{"I12", "a key without document", `insert into blob_keys (blob_key, tenant_id, wrapped, created_at) values ('acme/x', 'acme', '', now() - interval '26 hours')`},
	{"I10", "a changed audit row", `insert into audit (id, tenant_id, actor, action, subject, hash) values (1, 'acme', 'k', 'a', gen_random_uuid(), 'x')`},
}

// Rule: each promise is seen to break, and none is said to be broken that holds.
func TestEveryBrokenPromiseIsSeen(t *testing.T) {
	s := newSystem(t)
	for promise, n := range s.violations(s.now, "") {
		if n != 0 {
			t.Errorf("%s: %d violations though nothing is broken", promise, n)
		}
	}
	for _, b := range broken {
		if s.violations(s.now, b.sql)[b.promise] == 0 {
			t.Errorf("%s: %s is not seen", b.promise, b.how)
		}
	}
}

// Rule: an attempt that waited long and was told a moment ago is not forgotten; one
// that is still in nobody's hands when the sweep has had its time is.
func TestAnAttemptThatWasJustToldIsNotForgotten(t *testing.T) {
	s := newSystem(t)
	const left = `delete from outbox; update attempts set created_at = now() - interval '3 minutes' where state = 'queued'`
	s.meanwhile = `update attempts set retry_at = now() where state = 'queued'` // the sweep rings again
	if n := s.violations(s.now, left)["I8"]; n != 0 {
		t.Errorf("%d violations though the sweep is at it", n)
	}
	s.meanwhile = ""
	if n := s.violations(s.now, left)["I8"]; n != 1 {
		t.Errorf("%d violations though nobody takes it, want 1", n)
	}
}

// Rule: a blob without a row is an upload on its way for an hour, and lost after.
func TestAnObjectThatNobodyOwnsIsSeenAfterADay(t *testing.T) {
	s := newSystem(t)
	s.lists["nobody's"] = 1
	if n := s.violations(s.now.Add(24*time.Hour), "")["I2"]; n != 0 {
		t.Errorf("within the day: %d", n)
	}
	if n := s.violations(s.now.Add(26*time.Hour), "")["I2"]; n != 1 {
		t.Errorf("after a day: %d", n)
	}
}
