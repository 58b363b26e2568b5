package console

import (
	"net/http"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// health is how the house is just now.
type health struct {
	Lanes     []desk.Lane
	Endpoints []desk.EndpointHealth
	Silent    int // endpoints that disabled themselves
	Pace      desk.Pace
}

func (c *Console) healthOf(r *request) (h health, err error) {
	if h.Lanes, err = c.Work.Lanes(r.Context(), r.Tenant); err != nil {
		return h, err
	}
	if h.Endpoints, err = c.Work.EndpointHealth(r.Context(), r.Tenant); err != nil {
		return h, err
	}
	for _, e := range h.Endpoints {
		// Where one was the only one, this page is who tells.
		if !e.Enabled && (e.DisabledCause == review.DisabledGone || e.DisabledCause == review.DisabledFailing) {
			h.Silent++
		}
	}
	h.Pace, err = c.Work.Pace(r.Context(), r.Tenant)
	return h, err
}

// Age is a span of time in its largest unit; less than a minute is none.
func (p page) Age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return p.T("age_days", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return p.T("age_hours", int(d/time.Hour))
	case d >= time.Minute:
		return p.T("age_minutes", int(d/time.Minute))
	}
	return "–"
}

// overviewPause is how often the stock is counted for who looks at it.
const overviewPause = 5 * time.Second

// getOverviewLive follows what stands where.
func (c *Console) getOverviewLive(w http.ResponseWriter, r *request) error {
	return c.follow(w, r, overviewPause, func() (map[string]int, bool, error) {
		counts, err := c.Cases.Stock(r.Context(), r.Tenant, openStandings)
		figures := map[string]int{}
		for standing, n := range counts {
			if n <= desk.CountedTo { // what is not counted to its end stays as it is
				figures[string(standing)] = n
			}
		}
		return figures, false, err
	})
}
