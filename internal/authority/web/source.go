package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
	"github.com/ohler55/ojg/jp"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"

	"realname/internal/authority"
	"realname/internal/review"
)

// Ledger counts what was asked of a source, over all workers.
type Ledger interface {
	// Spend counts n questions of a day and their cost, unless they would exceed the
	// day's quota (0: none); it reports whether they may be asked.
	Spend(ctx context.Context, source string, day review.Date, n, quota int, cost float64) (bool, error)
}

// Source asks by HTTP.
type Source struct {
	name    string
	conf    Config
	client  *http.Client
	one     form
	many    form
	items   jp.Expr
	id      jp.Expr
	answer  understanding
	limiter *rate.Limiter
	breaker *gobreaker.CircuitBreaker[any]
	caches  map[review.AuthorityResult]*expirable.LRU[cacheKey, review.AuthorityAnswer]
	ledger  Ledger
	now     func() time.Time
}

// New checks the configuration whole and makes the source. Its error names every
// key that is wrong.
func New(name string, c Config, ledger Ledger, now func() time.Time) (*Source, error) {
	c = c.withDefaults()
	key, keyErr := c.Sign.secret()
	one, oneErr := newForm(c, c.URL, c.Body, key)
	answer, answerErr := newUnderstanding(c.Answer)
	client, clientErr := newClient(c)
	s := &Source{name: name, conf: c, client: client, one: one, answer: answer, ledger: ledger, now: now}
	err := errors.Join(keyErr, oneErr, answerErr, clientErr, s.limits(), s.bulk(key))
	if err == nil {
		err = s.rehearse()
	}
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, err)
	}
	s.caches = newCaches(c.Cache)
	s.breaker = gobreaker.NewCircuitBreaker[any](gobreaker.Settings{Name: name, Timeout: c.Breaker.Rest,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= c.Breaker.Failures },
		IsExcluded:  func(err error) bool { return errors.Is(err, errHarmless) }})
	return s, nil
}

func (s *Source) limits() error {
	c := s.conf
	s.limiter = rate.NewLimiter(rate.Inf, 0)
	if c.Limits.PerSecond > 0 {
		s.limiter = rate.NewLimiter(rate.Limit(c.Limits.PerSecond), max(1, int(c.Limits.PerSecond)))
	}
	if c.Limits.PerSecond < 0 || c.Limits.PerDay < 0 || c.Tries < 0 || c.Timeout < 0 || c.Price < 0 || c.Bulk.Max < 0 || c.Bulk.Wait < 0 || c.Breaker.Rest < 0 {
		return errors.New("timeout, tries, limits, price, breaker and bulk cannot be negative")
	}
	for status, r := range c.Statuses {
		if err := among(fmt.Sprintf("statuses.%d", status), r, []review.AuthorityResult{review.AuthorityNotFound, review.AuthorityPending, review.AuthorityUnavailable}); err != nil {
			return err
		}
	}
	for r, life := range c.Cache {
		if r == review.AuthorityUnavailable || r == review.AuthorityPending || life <= 0 {
			return fmt.Errorf("cache.%s: only match, mismatch, not_found and revoked can be kept, for more than 0", r)
		}
		if err := among("cache."+string(r), r, results); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) bulk(key []byte) error {
	b := s.conf.Bulk
	if b.URL == "" {
		return nil
	}
	var formErr, itemsErr, idErr error
	s.many, formErr = newForm(s.conf, b.URL, b.Body, key)
	s.items, itemsErr = path("bulk.items", b.Items, true)
	s.id, idErr = path("bulk.id", b.ID, true)
	return errors.Join(formErr, itemsErr, idErr)
}

// rehearse fills every template once with a question of nobody, so that a mistake
// stops the start and not a review.
func (s *Source) rehearse() error {
	q := authority.Question{Holder: review.Individual, Type: "SFZ", Name: `样本"甲`, Number: "11010519000101001X", Reference: "rehearsal"}
	forms := []form{s.one}
	if s.items != nil {
		forms = append(forms, s.many)
	}
	for _, f := range forms {
		req, err := f.request(newSheet([]authority.Question{q, q}, s.now()))
		if err != nil {
			return err
		}
		if req.URL.Scheme != "https" && req.URL.Scheme != "http" || req.URL.Host == "" {
			return errors.New("url: want https://host/path")
		}
		if told := req.URL.Path + " " + req.URL.RawQuery; strings.Contains(told, q.Number) || strings.Contains(told, q.Name) || strings.Contains(told, url.QueryEscape(q.Name)) || strings.Contains(told, url.PathEscape(q.Name)) {
			return errors.New("url: names and numbers go in the body; addresses are written into logs on the way")
		}
		if req.URL.Scheme == "http" && len(s.conf.Allow) == 0 {
			return errors.New("url: identity data go by https only, unless the source's network is listed under allow")
		}
		if req.Header.Get("Content-Type") != "application/json" || req.ContentLength == 0 {
			continue
		}
		var any any
		if err := json.NewDecoder(req.Body).Decode(&any); err != nil {
			return errors.New("body: is not JSON once it is filled in; write values as {{json .Name}}")
		}
	}
	return nil
}
