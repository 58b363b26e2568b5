package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"realname/internal/auth"
	"realname/internal/limit"
	"realname/internal/review"
)

// scope is what a key must be allowed to do. There is no zero value to forget:
// newRoute takes one.
type scope struct{ name string }

// The buckets that requests are counted in, by tenant.
const (
	bucketSubmit   = "submit"
	bucketRead     = "read"
	bucketPrecheck = "precheck"
	bucketOpen     = "open"
)

// DefaultRates leave room for a registrar's steady work; a batch goes by the
// batch's own way.
var DefaultRates = map[string]limit.Rate{
	bucketSubmit: {PerSecond: 100, Burst: 400}, bucketRead: {PerSecond: 400, Burst: 1600},
	bucketPrecheck: {PerSecond: 20, Burst: 60}, bucketOpen: {PerSecond: 100, Burst: 200},
}

var (
	open   = scope{"open"} // no key: what is public anyway
	submit = scope{auth.ScopeSubmit}
	read   = scope{auth.ScopeRead}
	// endpoints is a scope of its own: who has it decides where notices go.
	endpoints = scope{auth.ScopeEndpoints}
)

// handler answers a request or returns why it cannot: a problem for the client,
// any other error for us.
type handler func(w http.ResponseWriter, r *http.Request, tenant string) error

// route is one row of the table of routes.
type route struct {
	method, pattern string
	scope           scope
	bucket          string
	handle          handler
}

func newRoute(method, pattern string, s scope, bucket string, h handler) route {
	return route{method, pattern, s, bucket, h}
}

func (s *Server) routes() []route {
	return []route{
		newRoute("POST", "/v1/submissions", submit, bucketSubmit, s.postSubmission),
		newRoute("GET", "/v1/submissions/{id}", read, bucketRead, s.getSubmission),
		newRoute("POST", "/v1/submissions/{id}/attempts", submit, bucketSubmit, s.postAttempt),
		newRoute("PUT", "/v1/archives/{sha256}/parts/{number}", submit, bucketSubmit, s.putPart),
		newRoute("GET", "/v1/archives/{sha256}", submit, bucketRead, s.getArchive),
		newRoute("POST", "/v1/batches", submit, bucketSubmit, s.postBatch),
		newRoute("GET", "/v1/batches", read, bucketRead, s.getBatches),
		newRoute("GET", "/v1/batches/{id}", read, bucketRead, s.getBatch),
		newRoute("GET", "/v1/batches/{id}/progress", read, bucketRead, s.getProgress),
		newRoute("POST", "/v1/batches/{id}/cancel", submit, bucketSubmit, s.cancelBatch),
		newRoute("POST", "/v1/batches/{id}/fixes", submit, bucketSubmit, s.postFix),
		newRoute("GET", "/v1/fixes/{id}", read, bucketRead, s.getFix),
		newRoute("POST", "/v1/fixes/{id}/undo", submit, bucketSubmit, s.undoFix),
		newRoute("GET", "/v1/batches/{id}/items", read, bucketRead, s.getBatchItems),
		newRoute("GET", "/v1/batches/{id}/results.csv", read, bucketRead, s.getBatchResults),
		newRoute("GET", "/v1/batches/{id}/results.xlsx", read, bucketRead, s.getBatchResultsXLSX),
		newRoute("GET", "/v1/batches/{id}/causes", read, bucketRead, s.getBatchCauses),
		newRoute("GET", "/v1/batches/{id}/errors.zip", submit, bucketRead, s.getBatchErrors),
		newRoute("GET", "/v1/audit", read, bucketRead, s.getAudit),
		newRoute("GET", "/v1/events", read, bucketRead, s.getEvents),
		newRoute("POST", "/v1/endpoints", endpoints, bucketRead, s.postEndpoint),
		newRoute("GET", "/v1/endpoints", endpoints, bucketRead, s.getEndpoints),
		newRoute("GET", "/v1/endpoints/{id}", endpoints, bucketRead, s.getEndpoint),
		newRoute("PATCH", "/v1/endpoints/{id}", endpoints, bucketRead, s.patchEndpoint),
		newRoute("DELETE", "/v1/endpoints/{id}", endpoints, bucketRead, s.deleteEndpoint),
		newRoute("POST", "/v1/endpoints/{id}/rotate", endpoints, bucketRead, s.rotateSecret),
		newRoute("POST", "/v1/endpoints/{id}/test", endpoints, bucketSubmit, s.testEndpoint),
		newRoute("GET", "/v1/letters/{language}", endpoints, bucketRead, s.getLetter),
		newRoute("PUT", "/v1/letters/{language}", endpoints, bucketSubmit, s.putLetter),
		newRoute("DELETE", "/v1/letters/{language}", endpoints, bucketRead, s.deleteLetter),
		newRoute("GET", "/v1/deliveries", endpoints, bucketRead, s.getDeliveries),
		newRoute("POST", "/v1/deliveries/replay", endpoints, bucketSubmit, s.replayDeliveries),
		newRoute("GET", "/v1/deliveries/{id}", endpoints, bucketRead, s.getDelivery),
		newRoute("POST", "/v1/deliveries/{id}/replay", endpoints, bucketSubmit, s.replayDelivery),
		newRoute("POST", "/v1/verdicts", submit, bucketSubmit, s.postVerdicts),
		newRoute("GET", "/v1/verdicts/unknown", read, bucketRead, s.getUnread),
		newRoute("GET", "/v1/verdicts/report", read, bucketRead, s.getAgreement),
		newRoute("POST", "/v1/prechecks", submit, bucketPrecheck, s.postPrecheck),
		newRoute("GET", "/v1/reasons", open, bucketOpen, s.getReasons),
		newRoute("GET", "/openapi.json", open, bucketOpen, s.getOpenAPI),
	}
}

// route checks the key, runs the handler, and answers with its problem.
func (s *Server) route(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, r, err := s.authorise(r, rt.scope)
		if err == nil {
			err = s.count(rt.bucket, tenant)
		}
		if err == nil {
			err = rt.handle(w, r, tenant)
		}
		if err != nil {
			s.answer(w, r, err)
		}
	})
}

// count takes the request from its bucket.
func (s *Server) count(bucket, tenant string) error {
	if s.Rates == nil {
		return nil
	}
	wait, ok := s.Rates.Take(bucket, tenant, s.Now())
	if ok {
		return nil
	}
	p := tooFast.with("%s", bucket)
	p.retryAfter = int(wait/time.Second) + 1
	return p
}

type actorKey struct{}

// actor is the id of the key that a request came with, for the audit trail.
func actor(ctx context.Context) string {
	id, _ := ctx.Value(actorKey{}).(string)
	return id
}

// authorise returns whose key it is, and the request that remembers the key.
func (s *Server) authorise(r *http.Request, need scope) (string, *http.Request, error) {
	if need == open {
		return "", r, nil
	}
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", r, keyMissing.plain()
	}
	key, err := s.Keys.Check(r.Context(), text)
	if errors.Is(err, auth.ErrUnknown) {
		return "", r, keyUnknown.plain()
	}
	if err != nil {
		return "", r, err
	}
	if !auth.Allows(key, need.name) {
		return "", r, keyForbidden.with("%s", need.name)
	}
	return key.Tenant, r.WithContext(context.WithValue(r.Context(), actorKey{}, key.ID)), nil
}

// retryAfter is what a client waits when something of ours is down.
const retryAfter = 5

// answer turns an error into the client's problem. What is ours is logged and
// told as unavailable.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, err error) {
	var p problem
	var soon review.TooSoonError
	switch {
	case errors.As(err, &p):
	case errors.Is(err, review.ErrNotFound):
		p = routeUnknown.plain()
	case errors.Is(err, review.ErrKeyReused):
		p = keyReused.plain()
	case errors.Is(err, review.ErrExternalIDUsed):
		p = externalUsed.plain()
	case errors.Is(err, review.ErrOpenAttempt):
		p = attemptOpen.plain()
		p.retryAfter = retryAfter
	case errors.Is(err, review.ErrTriesSpent):
		p = attemptsSpent.plain()
	case errors.As(err, &soon):
		p = attemptTooSoon.with("%s", soon.Until.In(review.Shanghai).Format(time.RFC3339))
		p.retryAfter = int(soon.Until.Sub(s.Now())/time.Second) + 1
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		p = bodyTorn.plain() // the client has gone; the answer is for the log
	default:
		s.Log.Error().Err(err).Str("request", requestID(r.Context())).Msg("request failed on our side")
		p = unavailable.plain()
		p.retryAfter = retryAfter
	}
	p.write(w, r)
}

// nothing answers for every address that is not in the table.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	for _, rt := range s.routes() {
		if rt.method != r.Method && samePath(rt.pattern, r.URL.Path) {
			w.Header().Add("Allow", rt.method)
		}
	}
	if w.Header().Get("Allow") != "" {
		methodUnknown.with("%s", r.Method).write(w, r)
		return
	}
	routeUnknown.plain().write(w, r)
}

// samePath compares a pattern with a path, part by part.
func samePath(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}
