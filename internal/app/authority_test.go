package app

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/rs/zerolog"

	"realname/internal/check"
	"realname/internal/devstack"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// desk is one attempt on its way through the authority's stage, on a real
// database and over real HTTPS, at a clock of the test's.
type deskTest struct {
	t     *testing.T
	store *postgres.Store
	now   time.Time
	p     *pipeline.Pipeline
	sub   review.Submission
}

// onlyAuthority are the rules without the checks of documents, which are drawn elsewhere.
type onlyAuthority struct{ check.Rules }

func (o onlyAuthority) Run(s review.StageName, profile string, f review.Facts) []review.Finding {
	if s != review.StageAuthority {
		return nil
	}
	return o.Rules.Run(s, profile, f)
}

type noBlobs struct{}

func (noBlobs) Ping(context.Context) error { return nil }

func (noBlobs) Get(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte("abc"))), nil
}

type once struct{ looked int }

func (o *once) Examine(context.Context, review.Declared, review.Document, []byte) (review.DocumentFacts, error) {
	o.looked++
	return review.DocumentFacts{Role: review.PortraitSide}, nil
}

func (*once) Carry(review.Facts, review.Declared, review.Document) (review.DocumentFacts, bool) {
	return review.DocumentFacts{}, false
}

func newDeskTest(t *testing.T, conf, number string) *deskTest {
	t.Helper()
	pool := testenv.Postgres(t)
	d := &deskTest{t: t, store: postgres.New(pool), now: time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)}
	d.must(d.store.EnsureTenant(t.Context(), "acme", "Acme"))
	clock := func() time.Time { return d.now }
	desk, err := openDesk([]byte(conf), d.store, clock)
	d.must(err)
	file := t.TempDir() + "/rules.yaml"
	d.must(os.WriteFile(file, []byte("profiles:\n  - name: default\n    authority: {default: required}\n"), 0o600))
	set, err := rules.LoadFiles(file)
	d.must(err)
	d.p = &pipeline.Pipeline{Store: d.store, Blobs: noBlobs{}, Examiner: &once{}, Checks: onlyAuthority{check.Rules{Set: set}}, Authority: desk,
		Recorder: pipeline.NewRecorder(d.store), Worker: "w", Lease: time.Minute, MaxBytes: 10, Now: clock, Log: zerolog.Nop()}
	d.submit(number)
	return d
}

func (d *deskTest) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *deskTest) submit(number string) {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	d.sub = review.Submission{ID: id(), Tenant: "acme", SubjectRef: "a.example", Profile: "default", CreatedAt: d.now, HoldAt: d.now.AddDate(0, 0, 5)}
	d.sub.Attempts = []review.Attempt{{ID: id(), SubmissionID: d.sub.ID, Number: 1, State: review.Queued, CreatedAt: d.now,
		Declared:  review.Declared{HolderType: review.Individual, CredentialType: "SFZ", Name: "样本甲", Number: number},
		Documents: []review.Document{{ID: id(), Role: review.PortraitSide, Size: 3, SHA256: "x", BlobKey: "k"}}}}
	_, _, err := d.store.Submit(d.t.Context(), "acme", "", [32]byte{}, d.sub)
	d.must(err)
}

// work does what the outbox rings for, as workers do, until it is empty.
func (d *deskTest) work() {
	d.t.Helper()
	for {
		rings, err := d.store.Outbox(d.t.Context(), 100)
		d.must(err)
		attempts, err := d.store.Candidates(d.t.Context(), time.Hour, 100)
		d.must(err)
		rings = append(rings, attempts...)
		if len(rings) == 0 {
			return
		}
		for _, r := range rings {
			d.must(d.store.Told(d.t.Context(), []int64{r.ID}))
			switch r.Subject {
			case "review.attempt":
				d.must(d.p.Review(d.t.Context(), r.Ref))
			case "authority.attempt":
				d.must(d.p.Ask(d.t.Context(), r.Ref))
			}
		}
	}
}

// pass lets time pass, a quarter of an hour at a time, with the sweep and workers
// doing what they do.
func (d *deskTest) pass(span time.Duration) {
	d.t.Helper()
	for end := d.now.Add(span); d.now.Before(end); {
		d.now = d.now.Add(15 * time.Minute)
		_, err := d.store.AskAgain(d.t.Context(), d.now)
		d.must(err)
		d.work()
	}
}

func (d *deskTest) attempt() review.Attempt {
	d.t.Helper()
	s, err := d.store.Submission(d.t.Context(), "acme", d.sub.ID)
	d.must(err)
	return s.Attempts[0]
}

// Whatever is wrong with a source: no attempt is lost, none is refused, no worker
// holds one, and each is decided when the answer comes.
func TestNoFaultOfASourceCostsAnAttempt(t *testing.T) {
	const anybody = "110105190612310013" // the stand-in knows nothing of it, and it matches
	stand := testenv.Authority(t)
	data, err := os.ReadFile(stand.Config())
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.NewReplacer("timeout: 2s", "timeout: 300ms", "tries: 2", "tries: 1", "cache: {match: 10m, mismatch: 1m}", "cache: {}\n      breaker: {failures: 1000}").Replace(string(data))
	wrongCA := strings.Replace(quick, "/ca.pem", "/other-ca.pem", 1)
	scarce := strings.Replace(quick, "price: 0.3", "limits: {per_day: 1}", 1)
	for rule, c := range map[string]struct {
		conf, number string
		begin        func(*deskTest)
		mend         func(*deskTest)
		cause        string
		within       time.Duration // from the mending to the outcome
	}{
		"slow":              {conf: quick, begin: failing(stand, devstack.FaultSlow), cause: "in time"},
		"down":              {conf: quick, begin: failing(stand, devstack.FaultDown), cause: "503"},
		"broken":            {conf: quick, begin: failing(stand, devstack.FaultBroken), cause: "JSON"},
		"cut":               {conf: quick, begin: failing(stand, devstack.FaultCut), cause: "connection"},
		"limited":           {conf: quick, begin: failing(stand, devstack.FaultLimited), cause: "429"},
		"wrong certificate": {conf: wrongCA, cause: "certificate", mend: func(d *deskTest) { d.reopen(quick) }},
		"quota spent":       {conf: scarce, begin: func(d *deskTest) { d.spend() }, cause: "quota", within: 24 * time.Hour},
		"two days":          {conf: quick, number: devstack.SubjectNumber(true, "not ready; matches two days later"), within: 48 * time.Hour},
		"no source answers": {conf: "sources: []", cause: "no source", mend: func(d *deskTest) { d.reopen(quick) }},
	} {
		t.Run(rule, func(t *testing.T) {
			if c.number == "" {
				c.number = anybody
			}
			d := newDeskTest(t, c.conf, c.number)
			if c.begin != nil {
				c.begin(d)
			}
			d.work()
			if c.within == 0 {
				d.pass(3 * time.Hour)
				c.within = 2 * time.Hour
			}
			d.waits(c.cause)
			stand.Fail(devstack.FaultNone)
			if c.mend != nil {
				c.mend(d)
			}
			d.pass(c.within + 15*time.Minute)
			if a := d.attempt(); a.State != review.Decided || a.Outcome == nil || a.Outcome.Kind != review.Approved {
				t.Errorf("after the answer came: %s %+v", a.State, a.Outcome)
			}
			if n := d.p.Examiner.(*once).looked; n != 1 {
				t.Errorf("its document was looked at %d times", n)
			}
		})
	}
}

func failing(s *devstack.Authority, f devstack.Fault) func(*deskTest) {
	return func(*deskTest) { s.Fail(f) }
}

func (d *deskTest) reopen(conf string) {
	desk, err := openDesk([]byte(conf), d.store, func() time.Time { return d.now })
	d.must(err)
	d.p.Authority = desk
}

func (d *deskTest) spend() {
	ok, err := d.store.Spend(d.t.Context(), "stand-in", review.DateOf(d.now), 1, 1, 0)
	if d.must(err); !ok {
		d.t.Fatal("the quota was spent before")
	}
}

// waits asserts that nobody holds the attempt and nothing was decided.
func (d *deskTest) waits(cause string) {
	d.t.Helper()
	a := d.attempt()
	if a.State != review.Waiting || a.Outcome != nil || a.ParkedCause != "" {
		d.t.Fatalf("%s, outcome %+v, parked for %q", a.State, a.Outcome, a.ParkedCause)
	}
	_, err := d.store.AskNow(d.t.Context()) // its facts are read with the next claim
	d.must(err)
	_, err = d.store.AskAgain(d.t.Context(), time.Now().Add(time.Minute))
	d.must(err)
	c, err := d.store.ClaimAsk(d.t.Context(), a.ID, "test", time.Minute)
	d.must(err)
	if f := c.Facts; f == nil || f.Authority == nil || !strings.Contains(f.Authority.Cause, cause) || len(f.Documents) != 1 {
		d.t.Errorf("what it waits for: %+v, want %q", f.Authority, cause)
	}
	next := d.now.Add(time.Minute)
	if f := c.Facts; f != nil && f.Authority.AskAgain.After(next) {
		next = f.Authority.AskAgain
	}
	d.must(d.store.HandOver(d.t.Context(), a.ID, c.Epoch, *c.Facts, next))
}

// A source that stays silent leaves a person time before the deadline.
func TestSilenceGoesToAPersonInTime(t *testing.T) {
	d := newDeskTest(t, "sources: []", "110105190612310013")
	d.work()
	d.pass(95 * time.Hour)
	if a := d.attempt(); a.State != review.Waiting {
		t.Errorf("a day and an hour before the hold: %s", a.State)
	}
	d.pass(time.Hour)
	a := d.attempt()
	if a.Outcome == nil || a.Outcome.Kind != review.ManualReview || a.Outcome.Findings[0].Detail != "authority_silent" {
		t.Errorf("a day before the hold: %s %+v", a.State, a.Outcome)
	}
}

func TestAMistakeInTheSourcesStopsTheStart(t *testing.T) {
	for want, conf := range map[string]string{
		"said twice":     "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', answer: {result: $.r, words: {x: match}}}}\n  - {name: a, http: {url: https://a.example, body: '{}', answer: {result: $.r, words: {x: match}}}}",
		"http":           "sources:\n  - {name: a}",
		"no JSON path":   "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', answer: {result: '$[', words: {x: match}}}}",
		"one of":         "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', answer: {result: $.r, words: {x: yes}}}}",
		"https only":     "sources:\n  - {name: a, http: {url: 'http://a.example', body: '{}', answer: {result: $.r, words: {x: match}}}}",
		"is not JSON":    "sources:\n  - {name: a, http: {url: https://a.example, body: '{\"n\": {{.Name}}}', answer: {result: $.r, words: {x: match}}}}",
		"does not fit":   "sources:\n  - {name: a, http: {url: https://a.example, body: '{{.Nmae}}', answer: {result: $.r, words: {x: match}}}}",
		"holds a key":    "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', sign: {kind: bearer, key_env: NO_SUCH_KEY}, answer: {result: $.r, words: {x: match}}}}",
		"can be kept":    "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', cache: {pending: 1h}, answer: {result: $.r, words: {x: match}}}}",
		"unknown field":  "sources:\n  - {name: a, htpp: {}}",
		"no certificate": "sources:\n  - {name: a, http: {url: https://a.example, body: '{}', tls: {ca: /dev/null}, answer: {result: $.r, words: {x: match}}}}",
	} {
		_, err := openDesk([]byte(conf), nil, time.Now)
		if want == "said twice" {
			want = "a name of its own"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestRulesThatNobodyCanFulfilStopTheStart(t *testing.T) {
	file := t.TempDir() + "/rules.yaml"
	if err := os.WriteFile(file, []byte("profiles:\n  - name: default\n    authority: {types: {SFZ: required}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Rules(Config{Rules: RulesConfig{File: file}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Authority(Config{}, nil, r); err == nil || !strings.Contains(err.Error(), "SFZ") {
		t.Errorf("the start went on: %v", err)
	}
}
