package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The edges of durations: of steps that take microseconds to seconds, and of
// waiting, which takes milliseconds to days.
var (
	short = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	long  = []float64{.01, .03, .1, .3, 1, 3, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600}
)

// What ingest does.
var (
	Requests        = counters("http_requests_total", "Requests answered, by route, method and status.", "route", "method", "status")
	RequestDuration = durations("http_request_duration_seconds", "From the first byte of a request to the last of its answer.", short, "route", "method")
)

// What workers do.
var (
	StageDuration   = durations("stage_duration_seconds", "One step of a review: claim, load, decode, measure, read (OCR), a stage of checks, record.", short, "stage")
	ReviewDuration  = durations("review_duration_seconds", "One review from its claim to its committed outcome.", short, "outcome")
	DecisionLatency = durations("decision_latency_seconds", "From the receipt of an attempt to its first outcome.", long, "class")
	Reviews         = counters("reviews_total", "Outcomes by kind and primary reason.", "outcome", "reason")
	ReviewFailures  = counters("review_failures_total", "Reviews that ended without an outcome: error of ours, lease lost, service stopped.", "cause")
	ReviewsRunning  = gauge("reviews_running", "Attempts in the hands of this process; each holds a lease.")
	LeaseExtensions = counters("lease_extensions_total", "Signs of life for leases, by result.", "result")
	LastTaken       = gauge("last_taken_timestamp_seconds", "When this process last took an attempt.")
	RecordBatch     = sizes("record_batch_size", "Outcomes written in one transaction.")
	OldestUnclaimed = gauges("queue_oldest_seconds", "Age of the oldest attempt that is due and that nobody took, by class.", "class")
	Attempts        = gauges("attempts", "Attempts by state, those that are decided left out.", "state")
	OutboxRows      = gauges("outbox_rows", "Rows that NATS is to be told of.")
	TenantsUntold   = gauges("tenants_untold", "Tenants with an endpoint that disabled itself and none beside it that is told so.")
	DeliveriesDue   = gauges("deliveries_due", "Deliveries that are due and not in anybody's hands.")
)

// What the sweep and the relay do.
var (
	DutyRuns      = counters("sweep_duty_runs_total", "Runs of a duty by result: done, failed, or led by another process.", "duty", "result")
	DutyDuration  = durations("sweep_duty_duration_seconds", "One run of a duty.", short, "duty")
	Swept         = counters("sweep_items_total", "Rows that a duty dealt with.", "duty")
	RelayTold     = counters("relay_told_total", "Rows of the outbox that NATS acknowledged, by class.", "class")
	RelayWindow   = gauge("relay_window", "How many attempts may wait in NATS now.")
	RelayWaiting  = gauge("relay_waiting", "How many attempts wait in NATS for a worker.")
	BusHandled    = counters("bus_messages_total", "Messages handled, by stream and result.", "stream", "result")
	BusRedelivery = counters("bus_redeliveries_total", "Messages that came again, by stream.", "stream")
)

// What the notifier does.
var (
	Deliveries       = counters("deliveries_total", "Tries at deliveries by channel and result: delivered, retry, exhausted.", "channel", "result")
	DeliveryDuration = durations("delivery_duration_seconds", "One try at a delivery.", short, "channel")
)

const namespace = "realname"

// collectors are all metrics of this package, for its tests.
var collectors []prometheus.Collector

// kept registers a metric.
func kept[C prometheus.Collector](c C) C {
	prometheus.MustRegister(c)
	collectors = append(collectors, c)
	return c
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return kept(prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels))
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return kept(prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels))
}

func gauge(name, help string) prometheus.Gauge {
	return kept(prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}))
}

func durations(name, help string, edges []float64, labels ...string) *prometheus.HistogramVec {
	return kept(prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: edges}, labels))
}

func sizes(name, help string) prometheus.Histogram {
	return kept(prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(1, 2, 9)}))
}

// Stage observes how long a step of a review took.
func Stage(name string, since time.Time) {
	StageDuration.WithLabelValues(name).Observe(time.Since(since).Seconds())
}

// Class names how a submission came, for labels.
func Class(bulk bool) string {
	if bulk {
		return "batch"
	}
	return "interactive"
}
