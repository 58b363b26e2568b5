package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"

	"realname/internal/authority"
	"realname/internal/review"
)

// errHarmless marks what says nothing of the source: it never came there, or it is
// about one question.
var errHarmless = errors.New("the source is well")

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 4 << 20

// Ask implements authority.Source.
func (s *Source) Ask(ctx context.Context, q authority.Question) review.AuthorityAnswer {
	if a, ok := s.cached(q); ok {
		count(s.name, a.Result, true)
		return a
	}
	doc, status, err := s.exchange(ctx, s.one, []authority.Question{q})
	a := s.understood(doc, status, err)
	s.keep(q, a)
	count(s.name, a.Result, false)
	return a
}

// understood turns what came, or did not, into an answer.
func (s *Source) understood(doc any, status int, err error) review.AuthorityAnswer {
	if r, ok := s.conf.Statuses[status]; ok && err == nil {
		return review.AuthorityAnswer{Result: r}
	}
	var a review.AuthorityAnswer
	if err == nil {
		a, err = s.answer.read(doc, s.now())
	}
	if err == nil {
		return a
	}
	a = authority.Unavailable(s.name, err.Error())
	var f fault
	if errors.As(err, &f) {
		a.Cause, a.AskAgain = f.cause, f.again
	}
	return a
}

// reply is a source's reply that may be an answer.
type reply struct {
	doc    any
	status int
}

// exchange asks within the limits, more than once where that may help, and not at
// all while the source is left alone. Its errors are faults.
func (s *Source) exchange(ctx context.Context, f form, list []authority.Question) (any, int, error) {
	got, err := s.breaker.Execute(func() (any, error) {
		pace := backoff.NewExponentialBackOff()
		pace.InitialInterval, pace.MaxInterval = 200*time.Millisecond, 2*time.Second
		r, err := backoff.Retry(ctx, func() (reply, error) {
			r, err := s.try(ctx, f, list)
			var why fault
			if errors.As(err, &why) && why.final {
				err = backoff.Permanent(err)
			}
			return r, err
		}, backoff.WithBackOff(pace), backoff.WithMaxTries(uint(s.conf.Tries)), backoff.WithMaxElapsedTime(0))
		return r, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, 0, fault{cause: "it failed too often and is left alone for a while", again: s.now().Add(s.conf.Breaker.Rest)}
	}
	if err != nil {
		var why fault
		if !errors.As(err, &why) {
			err = faultOf(err)
		}
		return nil, 0, err
	}
	r := got.(reply)
	return r.doc, r.status, nil
}

// harmless is a fault that is not the source's.
type harmless struct{ fault }

func (h harmless) Unwrap() []error { return []error{h.fault, errHarmless} }

// try asks once.
func (s *Source) try(ctx context.Context, f form, list []authority.Question) (reply, error) {
	if err := s.admit(ctx, len(list)); err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.conf.Timeout)
	defer cancel()
	req, err := f.request(newSheet(list, s.now()))
	if err != nil {
		return reply{}, harmless{fault{cause: err.Error(), final: true}}
	}
	resp, err := s.client.Do(req.WithContext(ctx))
	if err != nil {
		return reply{}, faultOf(err)
	}
	defer func() { _ = resp.Body.Close() }()
	r, err := s.readReply(resp)
	if err != nil && ctx.Err() != nil {
		return reply{}, faultOf(ctx.Err()) // half an answer when the time was up: it is the time that lacked
	}
	return r, err
}

func (s *Source) readReply(resp *http.Response) (reply, error) {
	if _, ok := s.conf.Statuses[resp.StatusCode]; ok {
		return reply{status: resp.StatusCode}, nil
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		f := statusFault(resp, s.now())
		if aboutOne(resp.StatusCode) {
			return reply{}, harmless{f}
		}
		return reply{}, f
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return reply{}, faultOf(err)
	}
	r := reply{status: resp.StatusCode}
	if len(data) > maxAnswer || json.Unmarshal(data, &r.doc) != nil {
		return reply{}, fault{cause: "its answer is no JSON, or too long"}
	}
	return r, nil
}

// aboutOne reports whether a status is about one question and not about the source:
// one tenant's odd names must not keep it from everybody.
func aboutOne(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// admit keeps the contract's rate and quota, and counts what is asked.
func (s *Source) admit(ctx context.Context, n int) error {
	waiting, cancel := context.WithTimeout(ctx, s.conf.Timeout)
	defer cancel()
	if err := s.limiter.Wait(waiting); err != nil {
		return harmless{fault{cause: "too many questions at once for its rate", again: s.now().Add(s.conf.Timeout), final: true}}
	}
	if s.ledger == nil {
		return nil
	}
	today := review.DateOf(s.now())
	ok, err := s.ledger.Spend(ctx, s.name, today, n, s.conf.Limits.PerDay, s.conf.Price*float64(n))
	switch {
	case err != nil:
		return harmless{fault{cause: "our count of questions could not be kept", final: true}}
	case !ok:
		return harmless{fault{cause: "the day's quota is spent", again: today.AddDays(1).Start(), final: true, spent: true}}
	}
	return nil
}
