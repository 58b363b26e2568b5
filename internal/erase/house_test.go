package erase_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/blob"
	"realname/internal/erase"
	"realname/internal/invariant"
	"realname/internal/notify"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/seal"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const tenant = "acme"

// house is a system with persons in it.
type house struct {
	*testing.T
	pool   *pgxpool.Pool
	store  *postgres.Store
	bucket *blob.Store
	sealed *seal.Store
	eraser *erase.Eraser
}

func newHouse(t *testing.T) house {
	t.Helper()
	b := testenv.S3(t)
	bucket, err := blob.New(blob.Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	if err == nil {
		err = bucket.EnsureBucket(t.Context())
	}
	opens, _, keyErr := seal.NewKey()
	key, parseErr := seal.ParseKey(opens)
	if err := errors.Join(err, keyErr, parseErr); err != nil {
		t.Fatal(err)
	}
	pool := testenv.Postgres(t)
	h := house{T: t, pool: pool, store: postgres.New(pool), bucket: bucket}
	h.sealed = &seal.Store{Bucket: bucket, Keys: h.store, Key: key}
	h.eraser = &erase.Eraser{Store: h.store, Documents: h.sealed, List: bucket, Bucket: bucket}
	for _, id := range []string{tenant, "other"} {
		h.must(h.store.EnsureTenant(t.Context(), id, id))
	}
	h.must(h.store.PutEndpoint(t.Context(), review.Endpoint{ID: id(), Tenant: tenant, Kind: review.Webhook, Target: "https://hook.example", Enabled: true}))
	return h
}

func id() string { return uuid.Must(uuid.NewV7()).String() }

func (h house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// person is somebody invented; their words stand nowhere else.
type person struct{ name, number, mail, domain string }

var (
	anna  = person{"样本安娜", "SPECIMEN-ANNA-11", "anna@specimen.example", "anna-domain.example"}
	berta = person{"样本贝塔", "SPECIMEN-BERTA-22", "berta@specimen.example", "berta-domain.example"}
)

func (p person) words() []string { return []string{p.name, p.number, p.mail, p.domain} }

// attempt is one with a sealed document.
func (h house) attempt(tenant, submission string, p person) review.Attempt {
	h.Helper()
	a := review.Attempt{ID: id(), SubmissionID: submission, Number: 1, State: review.Queued, CreatedAt: time.Now(),
		Declared: review.Declared{HolderType: review.Individual, CredentialType: "SFZ", Name: p.name, Number: p.number, Email: p.mail}}
	key := tenant + "/" + a.ID + "/0"
	_, err := h.sealed.Put(h.Context(), key, strings.NewReader("picture of "+p.name), -1)
	h.must(err)
	a.Documents = []review.Document{{ID: id(), Role: review.PortraitSide, Extension: "jpg", Size: int64(len("picture of " + p.name)), SHA256: "ab", BlobKey: key}}
	return a
}

// submitted has one attempt in the queue.
func (h house) submitted(tenant string, p person) review.Submission {
	h.Helper()
	s := review.Submission{ID: id(), Tenant: tenant, SubjectRef: p.domain, ExternalID: p.domain + id(), Profile: "default", CreatedAt: time.Now()}
	s.Attempts = []review.Attempt{h.attempt(tenant, s.ID, p)}
	_, _, err := h.store.Submit(h.Context(), tenant, "key-"+s.ID, [32]byte{}, s)
	h.must(err)
	return s
}

// told was refused, told to an endpoint that repeated what it was told, and corrected: it
// is in the queue again. It stands in every table that knows something of a person.
func (h house) told(p person) review.Submission {
	h.Helper()
	s := h.submitted(tenant, p)
	c, err := h.store.Claim(h.Context(), s.Attempts[0].ID, "w", time.Minute)
	h.must(err)
	o := review.Outcome{Kind: review.Rejected, Primary: review.RegistrantInfoMismatch, Reasons: []review.Reason{review.RegistrantInfoMismatch}, RuleSet: "r1",
		Findings: []review.Finding{{Check: "NAM-01", Detail: "d", Reason: review.RegistrantInfoMismatch, Severity: review.Fail, Field: review.FieldName,
			Declared: p.name, Read: p.name + "某", Fix: p.number, Params: map[string]string{"x": p.name}, Evidence: review.Evidence{Measured: p.number}}}}
	facts := review.Facts{Declared: c.Attempt.Declared, Documents: []review.DocumentFacts{{Reading: &review.Reading{Name: review.FieldReading{Read: p.name}}}}}
	_, err = h.store.Record(h.Context(), []pipeline.Decision{{AttemptID: c.Attempt.ID, Epoch: c.Epoch, Outcome: o, Facts: facts, Pictures: map[int][]byte{0: []byte("jpeg")}}})
	h.must(err)
	var endpoint string
	h.must(h.pool.QueryRow(h.Context(), `select id::text from endpoints`).Scan(&endpoint))
	list, err := h.store.ClaimDeliveries(h.Context(), map[string]int{endpoint: 10}, time.Minute)
	h.must(err)
	h.must(h.store.FinishDeliveries(h.Context(), []notify.Finished{{Delivery: list[0], Try: notify.Try{At: time.Now(), Status: 500, Answer: "no " + p.name}, Next: notify.Next{RetryAt: time.Now().Add(time.Hour)}}}))
	user := id()
	h.exec(`insert into users (id, login, name) values ($1, $2, 'O')`, user, "login-"+user)
	h.exec(`insert into decisions (id, tenant_id, submission_id, attempt_id, verdict, reasons, note, decided_by, final) values ($1, $2, $3, $4, 'reject', '{x}', $5, $6, true)`,
		id(), tenant, s.ID, c.Attempt.ID, "spoke with "+p.name, user)
	h.exec(`insert into deferrals (attempt_id, tenant_id, outcome) values ($1, $2, jsonb_build_object('findings', jsonb_build_array($3::text)))`, c.Attempt.ID, tenant, p.name)
	h.exec(`insert into registry_verdicts (attempt_id, tenant_id, passed, words) values ($1, $2, false, $3)`, c.Attempt.ID, tenant, p.name)
	h.exec(`insert into claims (attempt_id, tenant_id, user_id, until) values ($1, $2, $3, now())`, c.Attempt.ID, tenant, user)
	batch := review.Batch{ID: id(), Tenant: tenant, Profile: "default", SHA256: id(), CreatedAt: time.Now()}
	_, _, err = h.store.CreateBatch(h.Context(), batch)
	h.must(err)
	h.exec(`insert into batch_items (batch_id, row, tenant_id, external_id, submission_id, attempt_id) values ($1, 2, $2, $3, $4, $5)`, batch.ID, tenant, p.domain, s.ID, c.Attempt.ID)
	h.exec(`insert into batch_items (batch_id, row, tenant_id, cells) values ($1, 3, $2, jsonb_build_object('holder_name', $3::text, 'credential_no', $4::text, 'subject_ref', $5::text, 'email', $6::text))`,
		batch.ID, tenant, p.name, p.number, p.domain, p.mail)
	_, err = h.store.Resubmit(h.Context(), tenant, s.ID, h.attempt(tenant, s.ID, p))
	h.must(err)
	return s
}

func (h house) exec(sql string, args ...any) {
	h.Helper()
	_, err := h.pool.Exec(h.Context(), sql, args...)
	h.must(err)
}

// found lists the tables in which a word stands, as a search through a dump would.
func (h house) found(p person) (tables []string) {
	h.Helper()
	rows, _ := h.pool.Query(h.Context(), `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	h.must(err)
	for _, name := range names {
		for _, word := range p.words() {
			var n int
			h.must(h.pool.QueryRow(h.Context(), `select count(*) from `+name+` t where position($1 in t::text) > 0`, word).Scan(&n))
			if n > 0 {
				tables = append(tables, name)
			}
		}
	}
	return tables
}

// broken asks every promise.
func (h house) broken() {
	h.Helper()
	c := invariant.Checker{DB: h.store.AllTenants(), Blobs: h.bucket, Now: func() time.Time { return time.Now().Add(2 * time.Hour) }}
	list, err := c.Run(h.Context(), time.Time{})
	h.must(err)
	for _, r := range list {
		if r.Count > 0 && r.ID != "I8" { // nobody sweeps here
			h.Errorf("%s, %s: %d, such as %v", r.ID, r.Rule, r.Count, r.Examples)
		}
	}
}
