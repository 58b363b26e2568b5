package erase_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
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
	h.eraser = &erase.Eraser{Store: h.store, Documents: h.sealed, List: bucket}
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

// Rule (I12): after its erasure nothing of a person is left in any table or in the
// bucket; everybody else's is, and what was decided can still be counted.
func TestNothingOfAnErasedPersonIsLeft(t *testing.T) {
	h := newHouse(t)
	gone, stays, elsewhere := h.told(anna), h.told(berta), h.submitted("other", anna)
	h.submitted(tenant, anna) // a second one of the same person
	before := len(h.found(berta))
	e, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Number: anna.number})
	h.must(err)
	if e.Total != 3 {
		t.Errorf("%d submissions and rows, want 2 and 1", e.Total)
	}
	h.must(h.eraser.Finish(t.Context()))
	if _, err := h.store.Submission(t.Context(), "other", elsewhere.ID); err != nil {
		t.Errorf("another tenant's: %v", err)
	}
	h.must(errors.Join(h.dropTenant("other")))
	if list := h.found(anna); len(list) != 0 {
		t.Errorf("still found in %v", list)
	}
	if after := len(h.found(berta)); after != before {
		t.Errorf("of somebody else %d are left of %d", after, before)
	}
	for _, a := range []review.Attempt{gone.Attempts[0]} {
		if _, err := h.sealed.Get(t.Context(), a.Documents[0].BlobKey); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("the document: %v", err)
		}
	}
	if r, err := h.sealed.Get(t.Context(), stays.Attempts[0].Documents[0].BlobKey); err != nil {
		t.Errorf("somebody else's document: %v", err)
	} else {
		_ = r.Close()
	}
	got, err := h.store.Submission(t.Context(), tenant, gone.ID)
	if err != nil || got.Attempts[0].Outcome == nil || got.Attempts[0].Outcome.Kind != review.Rejected || got.Attempts[0].Outcome.Findings[0].Check != "NAM-01" {
		t.Errorf("how it ended: %+v %v", got, err)
	}
	if _, err := h.store.Resubmit(t.Context(), tenant, gone.ID, h.attempt(tenant, gone.ID, berta)); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("an attempt after the erasure: %v", err)
	}
	if _, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Number: anna.number}); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("the same again: %v", err)
	}
	if entries, torn, err := h.store.VerifyAudit(t.Context()); err != nil || entries < 3 || len(torn) != 0 {
		t.Errorf("audit: %d %v %v", entries, torn, err)
	}
}

// dropTenant takes away what another tenant has, past all protection.
func (h house) dropTenant(id string) error {
	_, err := h.pool.Exec(h.Context(), `begin; set local session_replication_role = replica;
		delete from documents where tenant_id = '`+id+`'; delete from attempts where tenant_id = '`+id+`'; delete from submissions where tenant_id = '`+id+`';
		delete from standings where tenant_id = '`+id+`'; commit`)
	return err
}

// Rule: the promises hold before, after and in between; an outcome changes in no other way.
func TestPromisesHoldThroughAnErasure(t *testing.T) {
	h := newHouse(t)
	s := h.told(anna)
	h.told(berta)
	h.exec(`delete from claims`)
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID})
	h.must(err)
	h.must(h.eraser.Finish(t.Context()))
	h.exec(`update delivery_tries set answer = ''`) // berta's endpoint repeats her name, which I11 finds
	h.exec(`delete from registry_verdicts`)
	h.exec(`update decisions set note = ''`)
	h.broken()
	for how, sql := range map[string]string{
		"a kind":     `update outcomes set kind = 'approved'`,
		"an outcome": `update outcomes set outcome = outcome || '{"kind": "approved"}'`,
		"a finding":  `update outcomes set outcome = jsonb_set(outcome, '{findings}', '[]')`,
		"a row":      `delete from outcomes`,
		"a verdict":  `update decisions set verdict = 'approve'`,
		"a note":     `update decisions set note = 'else'`,
	} {
		if _, err := h.pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was changed", how)
		}
	}
}

// flaky fails as a program that is killed would: with a part done.
type flaky struct {
	erase.Store
	documents erase.Documents
	dies      int // at which call
}

var errDied = errors.New("killed")

func (f *flaky) die() error {
	f.dies--
	if f.dies == 0 {
		return errDied
	}
	return nil
}

func (f *flaky) Delete(ctx context.Context, keys ...string) error {
	if err := f.die(); err != nil {
		return err
	}
	return errors.Join(f.documents.Delete(ctx, keys...), f.die())
}

func (f *flaky) Erase(ctx context.Context, p erase.Part) error {
	if err := f.die(); err != nil {
		return err
	}
	return errors.Join(f.Store.Erase(ctx, p), f.die())
}

// Rule: wherever an erasure is killed, doing it again ends it.
func TestAKilledErasureGoesOn(t *testing.T) {
	for dies := 1; dies <= 4; dies++ {
		h := newHouse(t)
		s := h.told(anna)
		_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID, Others: true})
		h.must(err)
		f := &flaky{h.store, h.sealed, dies}
		killed := &erase.Eraser{Store: f, Documents: f, List: h.bucket}
		if err := killed.Finish(t.Context()); !errors.Is(err, errDied) {
			t.Fatalf("%d: %v", dies, err)
		}
		h.must(h.eraser.Finish(t.Context()))
		if list := h.found(anna); len(list) != 0 {
			t.Errorf("killed at %d: still found in %v", dies, list)
		}
	}
}

// Rule: a legal hold stops an erasure with a clear word, and nothing of the person is
// erased; one that comes after the wish keeps its submission until it is released.
func TestALegalHoldStopsAnErasure(t *testing.T) {
	h := newHouse(t)
	first, second := h.submitted(tenant, anna), h.submitted(tenant, anna)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: second.ID, Reason: "file 2026-17", By: "counsel"}))
	whom := review.Whom{Submission: first.ID, Others: true}
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", whom)
	if held := (review.HeldError{}); !errors.As(err, &held) || held.Count != 1 || !strings.Contains(err.Error(), "file 2026-17") || !strings.Contains(err.Error(), second.ID) {
		t.Fatalf("held: %v", err)
	}
	h.must(h.store.ReleaseHold(t.Context(), tenant, "counsel", second.ID))
	_, err = h.store.AskErasure(t.Context(), tenant, "test", "person_asks", whom)
	h.must(err)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: second.ID, Reason: "file 2026-18", By: "counsel"}))
	h.must(h.eraser.Finish(t.Context()))
	got, err := h.store.Submission(t.Context(), tenant, second.ID)
	if err != nil || got.Attempts[0].Declared.Name != anna.name {
		t.Errorf("what is held was erased: %v", err)
	}
	h.must(h.store.ReleaseHold(t.Context(), tenant, "counsel", second.ID))
	h.must(h.eraser.Finish(t.Context()))
	if list := h.found(anna); len(list) != 0 {
		t.Errorf("after the release still found in %v", list)
	}
}

// Rule: nobody is erased with an empty number, by another tenant, or by an id that is none.
func TestNobodyIsErasedByMistake(t *testing.T) {
	h := newHouse(t)
	nameless := h.submitted(tenant, person{name: "样本甲", domain: "a.example"})
	h.submitted(tenant, person{name: "样本乙", domain: "b.example"})
	s := h.submitted(tenant, anna)
	for rule, c := range map[string]struct {
		tenant string
		whom   review.Whom
		want   int
	}{
		"an empty number":        {tenant, review.Whom{}, 0},
		"another tenant":         {"other", review.Whom{Submission: s.ID, Others: true}, 0},
		"another tenant, number": {"other", review.Whom{Number: anna.number}, 0},
		"no id":                  {tenant, review.Whom{Submission: "x"}, 0},
		"others without number":  {tenant, review.Whom{Submission: nameless.ID, Others: true}, 1},
	} {
		e, err := h.store.AskErasure(t.Context(), c.tenant, "test", "person_asks", c.whom)
		if c.want == 0 && !errors.Is(err, review.ErrNotFound) || c.want > 0 && (err != nil || e.Total != c.want) {
			t.Errorf("%s: %d, %v", rule, e.Total, err)
		}
	}
}

// Rule: retention counts from the end of a submission, by its ending and document
// type; a type's own setting goes before that of all, a hold before both.
func TestWhatWasKeptLongEnoughIsErased(t *testing.T) {
	h := newHouse(t)
	old, young, held := h.told(anna), h.told(berta), h.told(person{"样本丙", "SPECIMEN-C-33", "c@specimen.example", "c.example"})
	h.exec(`update attempts set state = 'withdrawn' where state = 'queued'`)
	h.exec(`update standings set standing = 'rejected', changed_at = now() - interval '10 days 1 hour'`)
	h.exec(`update standings set changed_at = now() - interval '9 days' where submission_id = $1`, young.ID)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: held.ID, Reason: "file 1", By: "counsel"}))
	expire := func() int {
		n, err := h.store.Expire(t.Context(), 100)
		h.must(err)
		h.must(h.eraser.Finish(t.Context()))
		return n
	}
	set := func(kind review.CredentialType, ending string, days int) {
		h.must(h.store.SetRetention(t.Context(), tenant, "test", review.Retention{Type: kind, Ending: ending, Days: days}))
	}
	if n := expire(); n != 0 {
		t.Errorf("without a setting %d are erased", n)
	}
	set("", "rejected", 5)
	set("SFZ", "rejected", 30)
	set("", "approved", 1)
	if n := expire(); n != 0 {
		t.Errorf("before the time of their type %d are erased", n)
	}
	set("SFZ", "rejected", 10)
	if n := expire(); n != 1 {
		t.Errorf("%d are erased, want 1", n)
	}
	got, err := h.store.Submission(t.Context(), tenant, old.ID)
	if err != nil || got.Attempts[0].Declared.Name != "" {
		t.Errorf("what is too old is still there (%v)", err)
	}
	if n := expire(); n != 0 {
		t.Errorf("again %d", n)
	}
	set("SFZ", "rejected", 0)
	if n := expire(); n != 1 {
		t.Errorf("by the setting of all types %d are erased, want 1", n)
	}
	h.exec(`update batches set created_at = now() - interval '3 days'`)
	set("", "row_not_taken", 2)
	if n := expire(); n != 3 {
		t.Errorf("%d rows that were not taken are erased, want 3", n)
	}
	if list := h.found(berta); len(list) != 0 {
		t.Errorf("still found in %v", list)
	}
}

// Rule: the list holds ids alone, and reads back as it was written.
func TestTheListNamesNobody(t *testing.T) {
	h := newHouse(t)
	s := h.told(anna)
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID, Others: true})
	h.must(err)
	h.must(h.eraser.Finish(t.Context()))
	var list bytes.Buffer
	h.must(h.eraser.Each(t.Context(), func(l erase.Line) error { return json.NewEncoder(&list).Encode(l) }))
	for _, word := range anna.words() {
		if strings.Contains(list.String(), word) {
			t.Error("the list names somebody")
		}
	}
	var items, blobs int
	h.must(erase.Read(io.Reader(&list), func(l erase.Line) error {
		items, blobs = items+len(l.Items), blobs+len(l.Blobs)
		if l.Tenant != tenant || l.Purpose != "person_asks" || l.AskedAt.IsZero() {
			t.Errorf("line %+v", l)
		}
		return nil
	}))
	if items != 2 || blobs != 2 {
		t.Errorf("%d items and %d documents, want 2 and 2", items, blobs)
	}
	if err := erase.Read(strings.NewReader("{}\nnot JSON\n"), func(erase.Line) error { return nil }); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken list: %v", err)
	}
}
