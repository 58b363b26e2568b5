package web

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"realname/internal/authority"
	"realname/internal/review"
)

// Rule: a source that fails speaks for and against nobody, whatever fields it sends.
func TestAnErrorWithTheUsualFieldsIsNoAnswer(t *testing.T) {
	var answer string
	c := conf(serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
	c.Answer.OK.Path, c.Answer.OK.Words = "$.code", []string{"0"}
	s := open(t, c, nil)
	for text, want := range map[string]review.AuthorityResult{
		`{"code": 0, "r": 2}`:                           review.AuthorityMismatch,
		`{"code": "500", "msg": "system busy", "r": 2}`: review.AuthorityUnavailable,
		`{"r": 2}`: review.AuthorityUnavailable,
	} {
		if answer = text; s.Ask(t.Context(), question("甲")).Result != want {
			t.Errorf("%s is not %s", text, want)
		}
	}
}

// Rule: what could make a refusal or an approval out of nothing stops the start.
func TestASettingThatTrustsTooMuchStopsTheStart(t *testing.T) {
	for rule, change := range map[string]func(*Config){
		"an empty word":                 func(c *Config) { c.Answer.Words[""] = review.AuthorityMismatch },
		"a status that approves":        func(c *Config) { c.Statuses = map[int]review.AuthorityResult{200: review.AuthorityMatch} },
		"a status that refuses":         func(c *Config) { c.Statuses = map[int]review.AuthorityResult{404: review.AuthorityMismatch} },
		"a path of success, no word":    func(c *Config) { c.Answer.OK.Path = "$.code" },
		"a number in the address":       func(c *Config) { c.URL += "/{{.Number}}" },
		"a name in the address's query": func(c *Config) { c.URL += "/?n={{query .Name}}" },
	} {
		c := conf("http://127.0.0.1:1")
		change(&c)
		if _, err := New("s", c, nil, time.Now); err == nil {
			t.Errorf("%s was taken", rule)
		}
	}
}

// Rule: identity data go in clear to the operator's own networks and to nobody else.
func TestASourceInClearIsReachedInTheAllowedNetworksOnly(t *testing.T) {
	c := conf("http://8.8.8.8:1")
	c.Allow = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	if a := open(t, c, nil).Ask(t.Context(), question("甲")); !strings.Contains(a.Cause, "not public") {
		t.Errorf("dialled: %+v", a)
	}
}

// Rule: one tenant's odd questions do not keep a healthy source from everybody.
func TestARefusedQuestionOpensNoBreaker(t *testing.T) {
	var status atomic.Int64
	c := conf(serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if s := int(status.Load()); s != 200 {
			w.WriteHeader(s)
			return
		}
		_, _ = io.WriteString(w, `{"r":1}`)
	}))
	c.Breaker.Failures = 2
	s := open(t, c, nil)
	for _, odd := range []int64{400, 404, 409, 422, 400} {
		status.Store(odd)
		if a := s.Ask(t.Context(), question("甲")); a.Result != review.AuthorityUnavailable {
			t.Errorf("%d: %+v", odd, a)
		}
	}
	status.Store(200)
	if a := s.Ask(t.Context(), question("甲")); a.Result != review.AuthorityMatch {
		t.Errorf("a good question after odd ones: %+v", a)
	}
}

// Rules: what is left of a day's quota is used, and an answer that comes twice is none.
func TestABulkIsAskedAsFarAsTheQuotaGoes(t *testing.T) {
	c := conf(serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var items []string
		for id := range strings.FieldsSeq(string(body)) {
			items = append(items, fmt.Sprintf(`{"ref": %q, "r": 1}`, id))
			if id == "ref-乙" {
				items = append(items, fmt.Sprintf(`{"ref": %q, "r": 2}`, id))
			}
		}
		_, _ = io.WriteString(w, `{"items": [`+strings.Join(items, ",")+`]}`)
	}))
	c.Headers = map[string]string{"Content-Type": "text/plain"}
	c.Bulk = Bulk{URL: c.URL, Body: `{{range .Questions}}{{.Reference}} {{end}}`, Items: "$.items", ID: "$.ref", Max: 16}
	c.Limits.PerDay = 3
	s := open(t, c, &ledger{left: 3})
	names := []string{"甲", "乙", "丙", "丁", "戊"}
	list := make([]authority.Question, len(names))
	for i, n := range names {
		list[i] = question(n)
	}
	got := map[review.AuthorityResult]int{}
	for i, a := range s.AskAll(t.Context(), list) {
		got[a.Result]++
		if names[i] == "乙" && a.Result != review.AuthorityUnavailable {
			t.Errorf("said twice: %+v", a)
		}
	}
	if got[review.AuthorityMatch] != 2 || got[review.AuthorityUnavailable] != 3 {
		t.Errorf("%v of 5 with room for 3, one of them said twice", got)
	}
}
