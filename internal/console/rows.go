package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"realname/internal/desk"
	"realname/internal/review"
	"realname/internal/rules"
)

// How much of a batch its page shows: rows, and resellers with a chart.
const (
	rowsShown      = 50
	resellersShown = 6
)

// rowsPart is the part of a batch's page that shows its rows.
type rowsPart struct {
	Filter        desk.RowFilter
	Standings     []desk.Standing
	Rows          []desk.BatchRow
	First, Next   string // addresses
	Resellers     []resellerView
	MoreResellers int // that have no chart
}

// resellerView is how the rows of one reseller went.
type resellerView struct {
	Name          string
	Rows, Refused int
	Reasons       []bar
	Link          string // to its refused rows
}

// rowStandings are where a row of a batch may stand.
var rowStandings = append([]desk.Standing{desk.Faulty}, desk.Standings...)

func (c *Console) rowsOf(r *request, id string, shares []desk.Share) (p rowsPart, err error) {
	q := r.URL.Query()
	p = rowsPart{Standings: rowStandings, Filter: desk.RowFilter{Reseller: q.Get("reseller"), Standing: desk.Standing(q.Get("standing")), Limit: rowsShown + 1}}
	if after, err := strconv.ParseInt(q.Get("after"), 10, 32); err == nil { // what is no row begins the list
		p.Filter.After = int(after)
	}
	if !slices.Contains(rowStandings, p.Filter.Standing) {
		p.Filter.Standing = ""
	}
	if p.Rows, err = c.Work.BatchRows(r.Context(), r.Tenant, id, p.Filter); err != nil {
		return p, err
	}
	if p.Filter.After > 0 {
		p.First = rowsAddress(id, p.Filter, 0)
	}
	if len(p.Rows) > rowsShown {
		p.Rows = p.Rows[:rowsShown]
		p.Next = rowsAddress(id, p.Filter, p.Rows[rowsShown-1].Number)
	}
	p.Resellers = c.resellers(id, shares, r.prefs.Lang)
	p.MoreResellers = max(0, len(p.Resellers)-resellersShown)
	return p, nil
}

// rowsAddress is where rows of a batch are listed.
func rowsAddress(id string, f desk.RowFilter, after int) string {
	q := url.Values{}
	for name, value := range map[string]string{"reseller": f.Reseller, "standing": string(f.Standing)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if after > 0 {
		q.Set("after", strconv.Itoa(after))
	}
	return "/console/batches/" + id + "?" + q.Encode() + "#results"
}

// resellers gathers the rows of each reseller, first that of whom most were refused.
// A batch that comes from nobody but its sender has none.
func (c *Console) resellers(id string, shares []desk.Share, l rules.Lang) (list []resellerView) {
	reasons := map[string]map[string]int{}
	totals := map[string]int{}
	for _, s := range shares {
		if s.Reseller == "" {
			continue
		}
		totals[s.Reseller] += s.Rows
		if reasons[s.Reseller] == nil {
			reasons[s.Reseller] = map[string]int{}
		}
		if s.Refused() {
			reasons[s.Reseller][c.reasonTitle(s.Reason, l)] += s.Rows
		}
	}
	for name, rows := range totals {
		v := resellerView{Name: name, Rows: rows, Reasons: pareto(reasons[name]), Link: rowsAddress(id, desk.RowFilter{Reseller: name, Standing: desk.Rejected}, 0)}
		for _, b := range v.Reasons {
			v.Refused += b.N
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b resellerView) int {
		return cmp.Or(cmp.Compare(b.Refused, a.Refused), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// reasonTitle is what a reason is called.
func (c *Console) reasonTitle(reason review.Reason, l rules.Lang) string {
	if title := c.Rules.RenderReason(reason, l).Title; title != "" {
		return title
	}
	return string(reason)
}
