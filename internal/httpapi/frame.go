package httpapi

import (
	"context"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gofrs/uuid/v5"
)

type requestIDKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// frame gives every request an id, safe headers, and one line in the log that
// holds neither query nor identity data.
func (s *Server) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.Must(uuid.NewV7()).String() // fails only without a source of randomness
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		h := w.Header()
		h.Set("X-Request-Id", id)
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
	s.Log.Info().Str("request", requestID(r.Context())).Str("route", r.Pattern).Str("method", r.Method).
		Int("status", w.status).Int64("bytes", w.bytes).Dur("ms", time.Since(start)).Msg("request")
	if panicked == http.ErrAbortHandler { //nolint:errorlint // that very value tells the server to cut the connection
		panic(panicked)
	}
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
