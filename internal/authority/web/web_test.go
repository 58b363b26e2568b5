package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"realname/internal/authority"
	"realname/internal/review"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

func question(name string) authority.Question {
	return authority.Question{Holder: review.Individual, Type: "SFZ", Name: name, Number: "SPECIMEN-1", Reference: "ref-" + name}
}

// conf is a source on this machine.
func conf(url string) Config {
	return Config{URL: url, Body: `{"n": {{json .Name}}}`, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Tries: 1,
		Answer: Answer{Result: "$.r", Words: map[string]review.AuthorityResult{"1": review.AuthorityMatch, "2": review.AuthorityMismatch, "9": review.AuthorityPending},
			Field: "$.f", Fields: map[string]review.Field{"xm": review.FieldName}, Since: "$.d", AskAgain: "$.s", Reference: "$.id"}}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func open(t *testing.T, c Config, l Ledger) *Source {
	t.Helper()
	s, err := New("s", c, l, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnAnswerIsUnderstoodByPathsAndWords(t *testing.T) {
	var answer string
	s := open(t, conf(serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })), nil)
	for text, want := range map[string]review.AuthorityAnswer{
		`{"r": 1, "id": "A7"}`:                  {Result: review.AuthorityMatch, Reference: "A7"},
		`{"r": "2", "f": "xm"}`:                 {Result: review.AuthorityMismatch, Field: review.FieldName},
		`{"r": "9", "s": 60}`:                   {Result: review.AuthorityPending, AskAgain: noon.Add(time.Minute)},
		`{"r": "2", "d": "2025-06-01"}`:         {Result: review.AuthorityMismatch, Since: review.Date{Year: 2025, Month: 6, Day: 1}},
		`{"r": "7"}`:                            {Result: review.AuthorityUnavailable, Cause: "the answer holds none of the known words"},
		`{}`:                                    {Result: review.AuthorityUnavailable, Cause: "the answer holds none of the known words"},
		`[]`:                                    {Result: review.AuthorityUnavailable, Cause: "the answer holds none of the known words"},
		`<html>`:                                {Result: review.AuthorityUnavailable, Cause: "its answer is no JSON, or too long"},
		strings.Repeat(" ", maxAnswer) + `{}  `: {Result: review.AuthorityUnavailable, Cause: "its answer is no JSON, or too long"},
	} {
		answer = text
		got := s.Ask(t.Context(), question("甲"))
		got.Source = ""
		if got != want {
			t.Errorf("%.40s: %+v, want %+v", text, got, want)
		}
	}
}

// A cause is for logs: it holds nothing of what was asked, and nothing of the URL.
func TestNoCauseTellsWhatWasAsked(t *testing.T) {
	c := conf("http://127.0.0.1:1/{{query .Reference}}")
	for _, allow := range []string{"127.0.0.0/8", "10.0.0.0/8"} {
		c.Allow = []netip.Prefix{netip.MustParsePrefix(allow)}
		a := open(t, c, nil).Ask(t.Context(), question("甲"))
		if a.Result != review.AuthorityUnavailable || a.Cause == "" || strings.Contains(a.Cause, "SPECIMEN") || strings.Contains(a.Cause, "ref-") || strings.Contains(a.Cause, "%") {
			t.Errorf("%+v", a)
		}
		if allow != "127.0.0.0/8" && !strings.Contains(a.Cause, "not public") {
			t.Errorf("an address of our own network was dialled: %s", a.Cause)
		}
	}
}

func TestARequestIsSignedOverWhatTheContractSays(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got http.Header
	c := conf(serve(t, func(w http.ResponseWriter, r *http.Request) { got = r.Header; _, _ = io.WriteString(w, `{"r":1}`) }))
	c.Sign = Signing{Kind: "hmac-sha256", Key: key, Header: "X-Sig", Prefix: "v1=", Over: "what"}
	c.Headers = map[string]string{"X-Time": "{{.Timestamp}}"}
	open(t, c, nil).Ask(t.Context(), question("甲"))
	const want = "v1=7fdf41d7e73e6f227a0cd12024634a8f5c14339e4853b4bb22bc7f00f1b37840" // HMAC-SHA-256 of "what" under "k"
	if got.Get("X-Sig") != want || got.Get("X-Time") != fmt.Sprint(noon.Unix()) {
		t.Errorf("headers %v", got)
	}
	c.Sign = Signing{Kind: "bearer", Key: key}
	open(t, c, nil).Ask(t.Context(), question("甲"))
	if got.Get("Authorization") != "Bearer k" {
		t.Errorf("authorization %q", got.Get("Authorization"))
	}
}

// RFC 9110, 10.2.3: a number of seconds or a date. Neither puts a question off for ever.
func TestASourceSaysWhenToAskAgain(t *testing.T) {
	for header, want := range map[string]time.Time{
		"120": noon.Add(2 * time.Minute),
		noon.Add(time.Hour).UTC().Format(http.TimeFormat): noon.Add(time.Hour),
		"99999999999":                   noon.Add(longestRetry),
		"Fri, 31 Dec 9999 23:59:59 GMT": noon.Add(longestRetry),
		"soon":                          {},
	} {
		busy := &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {header}}}
		if got := statusFault(busy, noon).again; !got.Equal(want) {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestAShortFaultIsTriedAgainAndALastingOneIsLeftAlone(t *testing.T) {
	var asked atomic.Int64
	failures := int64(1)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) <= failures {
			http.Error(w, "", http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"r":1}`)
	})
	c := conf(url)
	c.Tries = 2
	if a := open(t, c, nil).Ask(t.Context(), question("甲")); a.Result != review.AuthorityMatch {
		t.Errorf("one failure, two tries: %+v", a)
	}
	failures, c.Tries, c.Breaker.Failures = 1000, 1, 3
	asked.Store(0)
	s := open(t, c, nil)
	var a review.AuthorityAnswer
	for range 9 {
		a = s.Ask(t.Context(), question("甲"))
	}
	if n := asked.Load(); n != 3 || !a.AskAgain.After(noon) {
		t.Errorf("asked %d times, the breaker opens after 3: %+v", n, a)
	}
}

// ledger grants so many questions.
type ledger struct {
	mu    sync.Mutex
	left  int
	spent float64
}

func (l *ledger) Spend(_ context.Context, _ string, _ review.Date, n, _ int, cost float64) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n > l.left {
		return false, nil
	}
	l.left, l.spent = l.left-n, l.spent+cost
	return true, nil
}

func TestASpentQuotaWaitsForTheNextDayAndOpensNoBreaker(t *testing.T) {
	var asked atomic.Int64
	c := conf(serve(t, func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); _, _ = io.WriteString(w, `{"r":1}`) }))
	c.Price, c.Breaker.Failures, c.Limits.PerDay = 0.3, 1, 2
	l := &ledger{left: 2}
	s := open(t, c, l)
	var a review.AuthorityAnswer
	for range 5 {
		a = s.Ask(t.Context(), question("甲"))
	}
	tomorrow := time.Date(2026, 11, 24, 0, 0, 0, 0, review.Shanghai)
	if asked.Load() != 2 || a.Cause != "the day's quota is spent" || !a.AskAgain.Equal(tomorrow) || l.spent != 0.6 {
		t.Errorf("asked %d times for %v: %+v", asked.Load(), l.spent, a)
	}
	l.left = 1
	if a = s.Ask(t.Context(), question("甲")); a.Result != review.AuthorityMatch {
		t.Errorf("the next day: %+v", a)
	}
}

func TestAnAnswerIsKeptForItsOwnTime(t *testing.T) {
	var asked atomic.Int64
	c := conf(serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = fmt.Fprintf(w, `{"r":%d}`, []int{1, 9}[asked.Load()%2])
	}))
	c.Cache = map[review.AuthorityResult]time.Duration{review.AuthorityMatch: time.Hour}
	s := open(t, c, nil)
	for i, want := range []review.AuthorityResult{review.AuthorityPending, review.AuthorityMatch, review.AuthorityMatch} {
		if a := s.Ask(t.Context(), question("甲")); a.Result != want {
			t.Errorf("%d: %s, want %s", i, a.Result, want)
		}
	}
	if s.Ask(t.Context(), question("乙")); asked.Load() != 3 {
		t.Errorf("asked %d times: another name is another question, a kept one is none", asked.Load())
	}
	dated := question("甲") // a source may compare the date of issue
	dated.Issued = review.Date{Year: 2020, Month: 1, Day: 2}
	if s.Ask(t.Context(), dated); asked.Load() != 4 {
		t.Error("an answer for one date of issue was given for another")
	}
}

// Rule: of two answers that came at once the newer counts, whatever it is.
func TestANewerAnswerEndsAnOlderOne(t *testing.T) {
	c := conf("http://127.0.0.1")
	c.Cache = map[review.AuthorityResult]time.Duration{review.AuthorityMatch: time.Hour, review.AuthorityMismatch: time.Hour}
	s := open(t, c, nil)
	for _, r := range []review.AuthorityResult{review.AuthorityMatch, review.AuthorityMismatch, review.AuthorityPending} {
		s.keep(question("甲"), review.AuthorityAnswer{Result: r})
		a, ok := s.cached(question("甲"))
		if want := r != review.AuthorityPending; ok != want || ok && a.Result != r {
			t.Errorf("after %s: %v, %+v", r, ok, a)
		}
	}
}

func TestQuestionsAreGatheredIntoFewRequests(t *testing.T) {
	var requests atomic.Int64
	c := conf(serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		var q struct{ Items []struct{ ID, N string } }
		_ = json.NewDecoder(r.Body).Decode(&q)
		list := []map[string]any{}
		for _, i := range q.Items {
			if i.N != "丙" { // the source forgets one
				list = append([]map[string]any{{"ref": i.ID, "r": map[string]int{"甲": 1, "乙": 2}[i.N]}}, list...)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": list})
	}))
	c.Bulk = Bulk{URL: c.URL, Body: `{"items": [{{range $i, $q := .Questions}}{{if $i}},{{end}}{"id": {{json $q.Reference}}, "n": {{json $q.Name}}}{{end}}]}`,
		Items: "$.items", ID: "$.ref", Max: 3, Wait: time.Minute}
	s := open(t, c, nil).Bulk()
	var wg sync.WaitGroup
	for name, want := range map[string]review.AuthorityResult{"甲": review.AuthorityMatch, "乙": review.AuthorityMismatch, "丙": review.AuthorityUnavailable} {
		wg.Go(func() {
			if a := s.Ask(t.Context(), question(name)); a.Result != want {
				t.Errorf("%s: %+v, want %s", name, a, want)
			}
		})
	}
	wg.Wait()
	if requests.Load() != 1 {
		t.Errorf("%d requests for three questions", requests.Load())
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`{"r":1,"f":"xm","d":"2025-01-01","s":60}`, `{"r":null}`, `{"r":{"r":1}}`, `{"r":1,"s":1e308}`, `[[[]]]`} {
		f.Add([]byte(seed))
	}
	u, err := newUnderstanding(conf("").Answer)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var doc any
		if json.Unmarshal(data, &doc) != nil {
			return
		}
		if a, err := u.read(doc, noon); err == nil && (a.Result == "" || a.AskAgain.Sub(noon) > 31*24*time.Hour || len([]rune(a.Reference)) > maxReference) {
			t.Errorf("%s: %+v", data, a)
		}
	})
}
