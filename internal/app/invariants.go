package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/rs/zerolog"

	"realname/internal/invariant"
	"realname/internal/postgres"
	"realname/internal/review"
)

// Invariants makes what asks whether all promises hold, on a connection of its
// own. Without storage in the configuration it leaves the blobs out.
func Invariants(ctx context.Context, c Config) (invariant.Checker, func(), error) {
	rules, err := Rules(c)
	if err != nil {
		return invariant.Checker{}, nil, err
	}
	pool, err := postgres.OpenPatient(ctx, c.Postgres.URL)
	if err != nil {
		return invariant.Checker{}, nil, err
	}
	store := postgres.New(pool)
	checker := invariant.Checker{DB: store.AllTenants(), Decide: rules.Decide, Now: time.Now}
	checker.Outcomes = func(ctx context.Context, since time.Time, yield func(string, review.Outcome) error) error {
		return store.EachDecided(ctx, since, func(d postgres.Decided) error { return yield(d.AttemptID, d.Outcome) })
	}
	if c.S3.Endpoint != "" {
		blobs, err := Blobs(c)
		if err != nil {
			pool.Close()
			return invariant.Checker{}, nil, err
		}
		checker.Blobs = blobs
	}
	return checker, pool.Close, nil
}

const (
	watchPause  = 5 * time.Minute
	watchWindow = 24 * time.Hour // older rows are for "realname verify"
)

var violations = promauto.NewGaugeVec(prometheus.GaugeOpts{
	Name: "realname_invariant_violations",
	Help: "Rows of the last 24 hours that break a promise, by its number; anything but 0 needs a person. See docs/reliability.md.",
}, []string{"invariant"})

// Watch keeps the gauge of broken promises until ctx ends.
func Watch(ctx context.Context, c Config, log zerolog.Logger) error {
	c.S3 = S3Config{} // listing the bucket is for a person's command
	checker, closePool, err := Invariants(ctx, c)
	if err != nil {
		return err
	}
	defer closePool()
	tick := time.NewTicker(watchPause)
	defer tick.Stop()
	for {
		watchOnce(ctx, checker, log)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func watchOnce(ctx context.Context, c invariant.Checker, log zerolog.Logger) {
	list, err := c.Run(ctx, c.Now().Add(-watchWindow))
	if err != nil {
		violations.Reset() // an old figure would pass for a new one
		if ctx.Err() == nil {
			log.Warn().Err(err).Msg("promises could not be checked, will be tried again")
		}
		return
	}
	for id, n := range invariant.Violations(list) {
		violations.WithLabelValues(id).Set(float64(n))
	}
	for _, r := range list {
		if r.Count > 0 {
			log.Error().Str("invariant", r.ID).Str("rule", r.Rule).Int("count", r.Count).Strs("ids", r.Examples).Msg("a promise is broken")
		}
	}
}
