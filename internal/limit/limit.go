// Package limit keeps named buckets of requests per tenant: each bucket has its
// own rate, so that a flood of one kind does not starve another. It knows
// neither HTTP nor who the tenants are.
package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is what a bucket lets through.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxTenants bounds the memory; above it everybody starts anew.
const maxTenants = 10_000

// Buckets are the buckets of all tenants in this process.
type Buckets struct {
	rates map[string]Rate
	mu    sync.Mutex
	full  map[key]*rate.Limiter
}

type key struct{ bucket, tenant string }

// New makes buckets with their rates; a bucket that is not named is not limited.
func New(rates map[string]Rate) *Buckets {
	return &Buckets{rates: rates, full: map[key]*rate.Limiter{}}
}

// Take takes one request of a tenant from a bucket. When it is empty it says
// how long to wait.
func (b *Buckets) Take(bucket, tenant string, now time.Time) (wait time.Duration, ok bool) {
	r, limited := b.rates[bucket]
	if !limited {
		return 0, true
	}
	reservation := b.limiter(key{bucket, tenant}, r).ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return wait, false
	}
	return 0, true
}

func (b *Buckets) limiter(k key, r Rate) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.full[k]
	if !ok {
		if len(b.full) >= maxTenants {
			clear(b.full)
		}
		l = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
		b.full[k] = l
	}
	return l
}
