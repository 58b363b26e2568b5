package httpapi

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"realname/internal/telemetry"
)

type requestIDKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// identify gives every request an id, which is that of its trace too.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newID()
		next.ServeHTTP(w, r.WithContext(telemetry.WithID(context.WithValue(r.Context(), requestIDKey{}, id), id)))
	})
}

// frame gives every request safe headers, and one line in the log that
// holds neither query nor identity data.
func (s *Server) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Request-Id", requestID(r.Context()))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		start := time.Now()
		defer func() { s.logRequest(rec, r, start, recover()) }()
		next.ServeHTTP(rec, r)
	})
}

func (s *Server) logRequest(w *recorder, r *http.Request, start time.Time, panicked any) {
	if panicked != nil && panicked != http.ErrAbortHandler { //nolint:errorlint // it is never wrapped
		s.Log.Error().Bytes("stack", debug.Stack()).Str("request", requestID(r.Context())).Msg("handler panicked")
		if !w.wrote {
			p := unavailable.plain()
			p.retryAfter = retryAfter
			p.write(w, r)
		}
	}
	watch(w, r, start)
	s.Log.Info().Str("request", requestID(r.Context())).Str("route", r.Pattern).Str("method", r.Method).
		Int("status", w.status).Int64("bytes", w.bytes).Dur("ms", time.Since(start)).Msg("request")
	if panicked == http.ErrAbortHandler { //nolint:errorlint // that very value tells the server to cut the connection
		panic(panicked)
	}
}

// watch counts a request. An address that is not in the table has the pattern of
// none, which keeps what strangers ask for out of the labels.
func watch(w *recorder, r *http.Request, start time.Time) {
	_, route, _ := strings.Cut(r.Pattern, " ")
	telemetry.Name(r.Context(), r.Pattern)
	telemetry.Requests.WithLabelValues(route, method(r), strconv.Itoa(w.status)).Inc()
	telemetry.RequestDuration.WithLabelValues(route, method(r)).Observe(time.Since(start).Seconds())
}

// method is a request's, when there is such a one: anybody may send any word as a
// method, and each new label would be kept in memory for ever.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	r.status, r.wrote = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.wrote = true
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
