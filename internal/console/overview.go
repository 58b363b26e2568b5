package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
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
	Silent  int // endpoints that disabled themselves
}

// openStandings are those that somebody or something must still move.
var openStandings = []desk.Standing{desk.Manual, desk.Parked, desk.InReview, desk.Waiting, desk.Asked}

// What the overview shows: how many of the nearest deadlines, and how many days.
const (
	overviewDue  = 10
	overviewDays = 14
)

// silent counts the endpoints that disabled themselves: where one was the only one,
// this page is who tells.
func (c *Console) silent(r *request) (n int, err error) {
	endpoints, err := c.Work.Endpoints(r.Context(), r.Tenant)
	for _, e := range endpoints {
		if !e.Enabled && (e.DisabledCause == review.DisabledGone || e.DisabledCause == review.DisabledFailing) {
			n++
		}
	}
	return n, err
}

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
	if b.Silent, err = c.silent(r); err != nil {
		return err
	}
	b.Any = len(tallies) > 0
	b.Days = days(tallies, c.Now())
	b.Reasons, b.Took, b.Funnel = c.reasonBars(tallies, r), tookBars(tallies, r), funnel(tallies, r)
	return c.show(w, r, http.StatusOK, "overview", "overview", b)
}

// day is one column of the chart of outcomes: the heights of its parts in percent
// of the highest day, and where each begins.
type day struct {
	Day                        time.Time
	Approved, Rejected, Manual int
	X                          int
	Parts                      []columnPart
}

type columnPart struct {
	Class     string
	Y, Height int
}

// Label is the day of the month.
func (d day) Label() string { return d.Day.In(review.Shanghai).Format("01-02") }

// columnStep is the width that a day takes in the chart.
const columnStep = 20

func days(tallies []desk.Tally, now time.Time) []day {
	first := review.DateOf(now).AddDays(1 - overviewDays)
	list := make([]day, overviewDays)
	for i := range list {
		list[i] = day{Day: first.AddDays(i).Start(), X: i * columnStep}
	}
	highest := 1
	for _, t := range tallies {
		i := review.DateOf(t.Day).DaysSince(first)
		if i < 0 || i >= len(list) {
			continue
		}
		switch t.Kind {
		case review.Approved:
			list[i].Approved += t.N
		case review.Rejected:
			list[i].Rejected += t.N
		default:
			list[i].Manual += t.N
		}
		highest = max(highest, list[i].Approved+list[i].Rejected+list[i].Manual)
	}
	for i := range list {
		list[i].stack(highest)
	}
	return list
}

// stack puts the parts of a column upon each other.
func (d *day) stack(highest int) {
	y := 100
	for _, p := range []struct {
		class string
		n     int
	}{{"approved", d.Approved}, {"rejected", d.Rejected}, {"manual_review", d.Manual}} {
		h := p.n * 100 / highest
		y -= h
		d.Parts = append(d.Parts, columnPart{p.class, y, h})
	}
}

func (c *Console) reasonBars(tallies []desk.Tally, r *request) []bar {
	counts := map[string]int{}
	for _, t := range tallies {
		if t.Kind == review.Rejected {
			counts[c.reasonTitle(t.Reason, r.prefs.Lang)] += t.N
		}
	}
	return pareto(counts)
}

func tookBars(tallies []desk.Tally, r *request) []bar {
	list := make([]bar, len(desk.Spans)+1)
	for i := range list {
		list[i].Label = say(r.prefs.Lang, "span_"+strconv.Itoa(i))
	}
	for _, t := range tallies {
		if t.Took >= 0 && t.Took < len(list) {
			list[t.Took].N += t.N
		}
	}
	return scaled(list)
}

// funnel says how many passed at which attempt.
func funnel(tallies []desk.Tally, r *request) []bar {
	list := make([]bar, desk.LateAttempt)
	for i := range list {
		list[i].Label = say(r.prefs.Lang, "passed_at_"+strconv.Itoa(i+1))
	}
	for _, t := range tallies {
		if t.Kind == review.Approved && t.Attempt >= 1 && t.Attempt <= len(list) {
			list[t.Attempt-1].N += t.N
		}
	}
	return scaled(list)
}
