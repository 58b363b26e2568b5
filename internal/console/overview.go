package console

import (
	"net/http"
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
	Stock []stock
	Due   desk.Page
}

// openStandings are those that somebody or something must still move.
var openStandings = []desk.Standing{desk.Manual, desk.Parked, desk.InReview, desk.Waiting, desk.Asked}

// overviewDue is how many of the nearest deadlines are shown.
const overviewDue = 10

func (c *Console) getOverview(w http.ResponseWriter, r *request) error {
	counts, err := c.Cases.Stock(r.Context(), r.Tenant, openStandings)
	if err != nil {
		return err
	}
	var b overviewBody
	for _, s := range openStandings {
		b.Stock = append(b.Stock, stock{s, counts[s]})
	}
	if b.Due, err = c.Cases.Submissions(r.Context(), r.Tenant, desk.Filter{Within: dueSoon, Limit: overviewDue}); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "overview", "overview", b)
}
