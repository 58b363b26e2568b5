package console

import (
	"net/http"
	"slices"
	"strconv"

	"realname/internal/desk"
)

// stock is how many submissions stand somewhere just now.
type stock struct {
	Standing desk.Standing
	Count    int
}

// Shown is the count; a large one is not counted to its end.
func (s stock) Shown() string {
	if s.Count > desk.CountedTo {
		return strconv.Itoa(desk.CountedTo) + "+"
	}
	return strconv.Itoa(s.Count)
}

type overviewBody struct {
	Places  []desk.Place // where else the person works
	Stock   []stock
	Due     desk.Page
	Days    []day
	Reasons []bar
	Took    []bar
	Funnel  []bar
	Any     bool
	health
}

// openStandings are those that somebody or something must still move.
var openStandings = []desk.Standing{desk.Manual, desk.Parked, desk.InReview, desk.Waiting, desk.Asked}

// What the overview shows: how many of the nearest deadlines, and how many days.
const (
	overviewDue  = 10
	overviewDays = 14
)

func (c *Console) getOverview(w http.ResponseWriter, r *request) error {
	counts, err := c.Cases.Stock(r.Context(), r.Tenant, openStandings)
	if err != nil {
		return err
	}
	var b overviewBody
	places, err := c.People.Places(r.Context(), r.UserID)
	if err != nil {
		return err
	}
	b.Places = slices.DeleteFunc(places, func(p desk.Place) bool { return p.Tenant == r.Tenant })
	for _, s := range openStandings {
		b.Stock = append(b.Stock, stock{s, counts[s]})
	}
	if b.Due, err = c.Cases.Submissions(r.Context(), r.Tenant, desk.Filter{Within: dueSoon, Limit: overviewDue}); err != nil {
		return err
	}
	tallies, err := c.Work.Tallies(r.Context(), r.Tenant, overviewDays)
	if err != nil {
		return err
	}
	if b.health, err = c.healthOf(r); err != nil {
		return err
	}
	b.Any = len(tallies) > 0
	b.Days = days(tallies, c.Now())
	b.Reasons, b.Took, b.Funnel = c.reasonBars(tallies, r), tookBars(tallies, r), funnel(tallies, r)
	return c.show(w, r, http.StatusOK, "overview", "overview", b)
}
