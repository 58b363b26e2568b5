package telemetry

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

var tracing atomic.Bool

// Tracing reports whether spans are recorded at all.
func Tracing() bool { return tracing.Load() }

// Start sends spans to the endpoint, a URL, by OTLP over HTTP; without one nothing
// is traced. All spans are sent: a collector samples with the whole trace before
// it, and this service cannot. The function that is returned sends what is left.
func Start(ctx context.Context, service, endpoint string) (func(), error) {
	if endpoint == "" {
		return func() {}, nil
	}
	exporter, err := otlptracehttp.New(ctx) // it reads the endpoint and its headers from the environment, as the specification says
	if err != nil {
		return nil, fmt.Errorf("trace to OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	return Trace(service, trace.WithBatcher(exporter)), nil
}

// Trace records spans with the given processor.
func Trace(service string, to trace.TracerProviderOption) func() {
	p := trace.NewTracerProvider(to, trace.WithIDGenerator(ids{}), trace.WithSampler(trace.AlwaysSample()),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "realname-"+service))))
	otel.SetTracerProvider(p)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	tracing.Store(true)
	return func() {
		tracing.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // the service's own has ended
		defer cancel()
		_ = p.Shutdown(ctx) // the collector may be gone, which is no reason to fail
	}
}

// ids makes the trace of an attempt from its id, so that whoever has the one has
// the other, with nothing to keep. Everything else gets random ones.
type ids struct{}

type rootKey struct{}

// WithID makes a trace that starts under ctx the trace of this id, a UUID.
func WithID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, rootKey{}, id)
}

func (ids) NewIDs(ctx context.Context) (api.TraceID, api.SpanID) {
	id, _ := ctx.Value(rootKey{}).(string)
	if t, s := attempt(id); t.IsValid() {
		return t, s
	}
	var t api.TraceID
	binary.LittleEndian.PutUint64(t[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(t[8:], rand.Uint64())
	return t, ids{}.NewSpanID(ctx, t)
}

func (ids) NewSpanID(context.Context, api.TraceID) (s api.SpanID) {
	binary.LittleEndian.PutUint64(s[:], rand.Uint64()|1) // zero is no id
	return s
}

// attempt is the trace of an attempt and its first span: the id itself and its
// random half.
func attempt(id string) (t api.TraceID, s api.SpanID) {
	b, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(b) != len(t) {
		return t, s
	}
	copy(t[:], b)
	copy(s[:], b[len(t)-len(s):])
	return t, s
}

// Attempt puts ctx into the trace of an attempt, unless it is in it already.
func Attempt(ctx context.Context, id string) context.Context {
	t, s := attempt(id)
	if !Tracing() || api.SpanContextFromContext(ctx).TraceID() == t {
		return ctx
	}
	return api.ContextWithRemoteSpanContext(ctx, api.NewSpanContext(api.SpanContextConfig{TraceID: t, SpanID: s, TraceFlags: api.FlagsSampled, Remote: true}))
}

// Inject writes the trace of ctx into headers.
func Inject(ctx context.Context, h http.Header) {
	if Tracing() {
		otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(h))
	}
}

// Extract reads what Inject wrote.
func Extract(ctx context.Context, h http.Header) context.Context {
	if !Tracing() {
		return ctx
	}
	return otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(h))
}

// Span starts a span; the function ends it, as failed when there is an error. What
// the error says stays in the log, which takes out what identifies somebody.
func Span(ctx context.Context, name string, attributes ...attribute.KeyValue) (context.Context, func(error)) {
	if !Tracing() {
		return ctx, func(error) {}
	}
	ctx, span := otel.Tracer("realname").Start(ctx, name, api.WithAttributes(attributes...))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "failed, see the log")
		}
		span.End()
	}
}

// Name names the span of ctx once it is known what it does.
func Name(ctx context.Context, name string) {
	if span := api.SpanFromContext(ctx); name != "" && span.IsRecording() {
		span.SetName(name)
	}
}

// ID names an attempt or a delivery in a span.
func ID(of, id string) attribute.KeyValue { return attribute.String("realname."+of, id) }

// Handler traces requests. Each begins a trace of its own, that of the attempt
// which it makes; a trace that the client sends is linked.
func Handler(next http.Handler) http.Handler {
	if !Tracing() {
		return next
	}
	return otelhttp.NewHandler(next, "request", otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }))
}

// Transport traces the requests of a client.
func Transport(t http.RoundTripper) http.RoundTripper {
	if !Tracing() {
		return t
	}
	return otelhttp.NewTransport(t)
}
