package pipeline_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/authority"
	"realname/internal/pipeline"
	"realname/internal/review"
)

// store is one attempt in memory.
type store struct {
	mu       sync.Mutex
	claim    pipeline.Claim
	claimErr error
	extends  int
	fenced   bool
	records  []pipeline.Decision
	released []string // causes
	waits    []time.Duration
	handed   []handover
}

type handover struct {
	facts review.Facts
	at    time.Time
}

func (s *store) Claim(context.Context, string, string, time.Duration) (pipeline.Claim, error) {
	return s.claim, s.claimErr
}

func (s *store) ClaimAsk(ctx context.Context, _, _ string, _ time.Duration) (pipeline.Claim, error) {
	return s.claim, s.claimErr
}

func (s *store) HandOver(_ context.Context, _ string, _ int64, f review.Facts, at time.Time) error {
	s.handed = append(s.handed, handover{f, at})
	return nil
}

func (s *store) Extend(context.Context, string, int64, time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.extends++
	if s.fenced {
		return review.ErrFenced
	}
	return nil
}

func (s *store) Record(_ context.Context, d []pipeline.Decision) ([]error, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, d...)
	return make([]error, len(d)), nil
}

func (s *store) Release(_ context.Context, _ string, _ int64, cause string, wait time.Duration) error {
	s.released, s.waits = append(s.released, cause), append(s.waits, wait)
	return nil
}

// blobs is a storage that fails for one document, or for all.
type blobs struct{ err, down error }

func (b blobs) Ping(context.Context) error { return b.down }

func (b blobs) Get(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("abc")), b.err
}

type examine func(context.Context) (review.DocumentFacts, error)

func (e examine) Examine(ctx context.Context, _ review.Declared, _ review.Document, _ []byte) (review.DocumentFacts, error) {
	return e(ctx)
}

func (e examine) Carry(before review.Facts, d review.Declared, doc review.Document) (review.DocumentFacts, bool) {
	i := slices.IndexFunc(before.Documents, func(f review.DocumentFacts) bool { return f.File.SHA256 == doc.SHA256 })
	if i < 0 {
		return review.DocumentFacts{}, false
	}
	return before.Documents[i], true
}

// checks fail every attempt at the stages that were named.
type checks []review.StageName

func (c checks) Run(stage review.StageName, _ string, f review.Facts) []review.Finding {
	for _, s := range c {
		if s == stage {
			return []review.Finding{{Check: "T-1", Stage: stage, Severity: review.Fail, Reason: review.MaterialUnclear}}
		}
	}
	return nil
}

func (checks) Terms(string, review.CredentialType) authority.Terms { return authority.Terms{} }

func (checks) Decide(f []review.Finding) review.Outcome {
	return review.Decide(f, review.Precedence{review.MaterialUnclear}, "test")
}

func fine(context.Context) (review.DocumentFacts, error) {
	return review.DocumentFacts{Role: review.Licence}, nil
}

// run reviews the store's attempt to its end.
func run(t *testing.T, s *store, b blobs, e examine, c checks) {
	t.Helper()
	p := pipeline.Pipeline{Store: s, Blobs: b, Examiner: e, Checks: c, Recorder: pipeline.NewRecorder(s), Worker: "w",
		Lease: time.Minute, MaxBytes: 1 << 20, Now: time.Now, Log: zerolog.Nop()}
	if err := p.Review(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
}

// evidence shows every finding, or fails.
type evidence struct {
	err   error
	panic bool
}

func (evidence) May(f review.Finding, _ review.Facts) bool { return f.Check == "T-1" }

func (e evidence) Crop(context.Context, []byte, review.Evidence) ([]byte, error) {
	if e.panic {
		panic("hostile picture")
	}
	return []byte("jpeg"), e.err
}

// Rule: a picture helps the mail and is never needed: whatever fails, the outcome stands.
func TestPicturesAreMadeForMailsAndNeverHoldUpAnOutcome(t *testing.T) {
	down := errors.New("down")
	for rule, c := range map[string]struct {
		change func(*pipeline.Claim)
		e      pipeline.Evidence
		want   int
	}{
		"a mail":                   {func(*pipeline.Claim) {}, evidence{}, 1},
		"nobody is mailed":         {func(c *pipeline.Claim) { c.Mailed = false }, evidence{}, 0},
		"facts of another day":     {func(c *pipeline.Claim) { c.Facts = &review.Facts{} }, evidence{}, 0},
		"the picture fails":        {func(*pipeline.Claim) {}, evidence{err: down}, 0},
		"a library panics":         {func(*pipeline.Claim) {}, evidence{panic: true}, 0},
		"the document is gone":     {func(c *pipeline.Claim) { c.Attempt.Documents[0].Role = review.Licence }, evidence{}, 0},
		"no pictures are provided": {func(*pipeline.Claim) {}, nil, 0},
	} {
		s := oneDocument()
		s.claim.Mailed = true
		c.change(&s.claim)
		p := pipeline.Pipeline{Store: s, Blobs: blobs{}, Examiner: examine(fine), Checks: checks{review.StageFormat}, Recorder: pipeline.NewRecorder(s), Worker: "w",
			Evidence: c.e, Lease: time.Minute, MaxBytes: 1 << 20, Now: time.Now, Log: zerolog.Nop()}
		if err := p.Review(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if len(s.records) != 1 || s.records[0].Outcome.Kind != review.Rejected || len(s.records[0].Pictures) != c.want {
			t.Errorf("%s: %+v", rule, s.records)
		}
	}
}

func oneDocument() *store {
	return &store{claim: pipeline.Claim{Epoch: 1, Attempt: review.Attempt{ID: "a", Documents: []review.Document{{ID: "d", Size: 3}}}}}
}

func TestAllStagesSpeakAndTheOutcomeIsRecorded(t *testing.T) {
	s := oneDocument()
	run(t, s, blobs{}, fine, checks{review.StageFormat, review.StageAge})
	if len(s.records) != 1 || s.records[0].Outcome.Kind != review.Rejected || len(s.records[0].Outcome.Findings) != 2 {
		t.Errorf("records %+v", s.records)
	}
}

func TestAnErrorOfOursIsReleasedAndNeverRejects(t *testing.T) {
	down := errors.New("down")
	cases := map[string]struct {
		b blobs
		e examine
	}{
		"a document is lost":    {blobs{err: down}, fine},
		"the reader fails":      {blobs{}, func(context.Context) (review.DocumentFacts, error) { return review.DocumentFacts{}, down }},
		"the reader panics":     {blobs{}, func(context.Context) (review.DocumentFacts, error) { panic("boom") }},
		"the bytes are missing": {blobs{}, fine},
	}
	for rule, c := range cases {
		t.Run(rule, func(t *testing.T) {
			s := oneDocument()
			if rule == "the bytes are missing" {
				s.claim.Attempt.Documents[0].Size = 99
			}
			run(t, s, c.b, c.e, nil)
			if len(s.records) != 0 || len(s.released) != 1 || s.released[0] == "" || s.waits[0] <= 0 {
				t.Errorf("records %d, released %q %v", len(s.records), s.released, s.waits)
			}
		})
	}
}

// Rule: however long the storage is down for everybody, no attempt is charged with
// it and parked; each rests and is tried again.
func TestAnOutageOfTheStorageChargesNoAttempt(t *testing.T) {
	s := oneDocument()
	s.claim.Errors = 4
	run(t, s, blobs{err: errors.New("reset"), down: errors.New("refused")}, fine, nil)
	if len(s.records) != 0 || len(s.released) != 1 || s.released[0] != "" || s.waits[0] <= 0 {
		t.Errorf("records %d, released %q %v", len(s.records), s.released, s.waits)
	}
}

func TestAnAttemptInOtherHandsIsDoneWith(t *testing.T) {
	s := oneDocument()
	s.claimErr = review.ErrNotFound
	run(t, s, blobs{}, fine, nil)
	if len(s.records)+len(s.released) != 0 {
		t.Error("something was written")
	}
}

func TestADeferredAttemptIsNotLookedAtAgain(t *testing.T) {
	s := oneDocument()
	s.claim.Facts = &review.Facts{Images: true, Documents: []review.DocumentFacts{{Role: review.Licence}}}
	run(t, s, blobs{err: errors.New("must not be asked")}, func(context.Context) (review.DocumentFacts, error) {
		t.Error("read again")
		return review.DocumentFacts{}, nil
	}, nil)
	if len(s.records) != 1 || s.records[0].Outcome.Kind != review.Approved || s.records[0].Facts.Now.IsZero() {
		t.Errorf("records %+v", s.records)
	}
}

func TestAnImageThatWasSeenBeforeIsNotLookedAtAgain(t *testing.T) {
	s := oneDocument()
	s.claim.Attempt.Documents = []review.Document{{ID: "d", SHA256: "same", Size: 3}, {ID: "e", SHA256: "new", Size: 3}}
	s.claim.Before = &pipeline.Before{AttemptID: "first", Facts: review.Facts{Documents: []review.DocumentFacts{{Role: review.EmblemSide, File: review.File{SHA256: "same"}}}}}
	looked := 0
	run(t, s, blobs{}, func(ctx context.Context) (review.DocumentFacts, error) { looked++; return fine(ctx) }, nil)
	if got := s.records[0].Facts.Documents; looked != 1 || len(got) != 2 || got[0].Origin != "first" || got[1].Origin != "" {
		t.Errorf("looked %d times: %+v", looked, got)
	}
}

func TestALongReviewKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := oneDocument()
		run(t, s, blobs{}, func(ctx context.Context) (review.DocumentFacts, error) {
			time.Sleep(3 * time.Minute) // virtual time
			return fine(ctx)
		}, nil)
		if s.extends < 8 || len(s.records) != 1 {
			t.Errorf("%d extensions, %d records", s.extends, len(s.records))
		}
	})
}

func TestALostLeaseStopsTheReview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := oneDocument()
		s.fenced = true
		run(t, s, blobs{}, func(ctx context.Context) (review.DocumentFacts, error) {
			<-ctx.Done()
			return review.DocumentFacts{}, ctx.Err()
		}, nil)
		if len(s.records)+len(s.released) != 0 {
			t.Errorf("records %v, released %v: the attempt is somebody else's", s.records, s.released)
		}
	})
}

func TestAStoppingServiceGivesTheAttemptBackAtNoCharge(t *testing.T) {
	s := oneDocument()
	ctx, stop := context.WithCancel(t.Context())
	p := pipeline.Pipeline{Store: s, Blobs: blobs{}, Checks: checks{}, Recorder: pipeline.NewRecorder(s), Lease: time.Minute,
		MaxBytes: 10, Now: time.Now, Log: zerolog.Nop(),
		Examiner: examine(func(ctx context.Context) (review.DocumentFacts, error) {
			stop()
			return review.DocumentFacts{}, ctx.Err()
		})}
	if err := p.Review(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if len(s.released) != 1 || s.released[0] != "" || s.waits[0] != 0 {
		t.Errorf("released %q after %v", s.released, s.waits)
	}
}

func TestConcurrentDecisionsAreWrittenTogether(t *testing.T) {
	s := &batchStore{entered: make(chan int, 64), proceed: make(chan struct{})}
	r := pipeline.NewRecorder(s)
	var wg sync.WaitGroup
	record := func() {
		if err := r.Record(t.Context(), pipeline.Decision{}); err != nil {
			t.Error(err)
		}
	}
	wg.Go(record)
	first := <-s.entered // the first transaction runs; what comes now gathers
	for range 20 {
		wg.Go(record)
	}
	close(s.proceed)
	wg.Wait()
	close(s.entered)
	total, batches := first, 1
	for n := range s.entered {
		total, batches = total+n, batches+1
	}
	if total != 21 || batches > 21 {
		t.Errorf("%d decisions in %d batches", total, batches)
	}
}

func TestATransactionThatFailsAnswersEveryone(t *testing.T) {
	s := &batchStore{entered: make(chan int, 64), proceed: make(chan struct{}), err: errors.New("down")}
	close(s.proceed)
	r := pipeline.NewRecorder(s)
	if err := r.Record(t.Context(), pipeline.Decision{}); err == nil {
		t.Error("no error")
	}
}

// batchStore says how large each batch was.
type batchStore struct {
	store
	entered chan int
	proceed chan struct{}
	err     error
}

func (s *batchStore) Record(_ context.Context, d []pipeline.Decision) ([]error, error) {
	s.entered <- len(d)
	<-s.proceed
	return make([]error, len(d)), s.err
}
