package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// listPage is how many rows a page has.
const listPage = 50

// dueSoon is how near a deadline is that people must know of.
const dueSoon = 48 * time.Hour

// listBody is what the list of submissions shows.
type listBody struct {
	Filter      desk.Filter
	Due         string
	ByNumber    bool
	Page        desk.Page
	First, Next string // addresses
	Standings   []desk.Standing
	Reasons     []review.Reason
	// What an operator may do to all that match.
	Query   string
	Kinds   []desk.ActionKind
	Members []desk.Member
	Saved   []savedView
	Columns []string // that there are
	Here    string   // the address of this page, without its place in the list
}

// readFilter reads a filter from an address.
func (c *Console) readFilter(r *request) (desk.Filter, string) { return c.filterOf(r, r.URL.Query()) }

func (c *Console) filterOf(r *request, q url.Values) (desk.Filter, string) {
	f := desk.Filter{
		Standing: desk.Standing(q.Get("standing")), Reason: review.Reason(q.Get("reason")),
		Text: strings.TrimSpace(q.Get("q")), After: q.Get("after"), Limit: listPage,
	}
	if q.Get("mine") != "" {
		f.Mine = r.UserID
	}
	due := q.Get("due")
	switch due {
	case "all":
		f.Due = true
	case "48h":
		f.Within = dueSoon
	default:
		due = ""
	}
	return f.Known(c.reasons()), due
}

func (c *Console) reasons() []review.Reason {
	var list []review.Reason
	for _, r := range c.Rules.Reasons {
		list = append(list, r.Code)
	}
	return list
}

func (c *Console) getSubmissions(w http.ResponseWriter, r *request) error {
	f, due := c.readFilter(r)
	p, err := c.Cases.Submissions(r.Context(), r.Tenant, f)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	q.Del("after")
	q.Del("done")
	b := listBody{Columns: columns, Query: q.Encode(), Kinds: desk.ActionKinds, Filter: f, Due: due, Page: p, First: address(q, ""), Standings: desk.Standings, Reasons: c.reasons()}
	b.Here = b.First
	if p.Next != "" {
		b.Next = address(q, p.Next)
	}
	if b.Saved, err = c.saved(r, c.wordsOf(r, q)); err != nil {
		return err
	}
	if r.Role.Allows(desk.Operator) {
		if b.Members, err = c.People.Members(r.Context(), r.Tenant); err != nil {
			return err
		}
	}
	return c.show(w, r, http.StatusOK, "submissions", "submissions", b)
}

func address(q url.Values, after string) string {
	if after != "" {
		q.Set("after", after)
	}
	return "/console/submissions?" + q.Encode()
}

// postFind finds by a whole number. It comes in a body and leads to no address,
// so that no number is kept in a history or a log.
func (c *Console) postFind(w http.ResponseWriter, r *request) error {
	number := strings.ToUpper(strings.Join(strings.Fields(r.PostFormValue("number")), ""))
	b := listBody{ByNumber: true, First: "/console/submissions", Standings: desk.Standings, Reasons: c.reasons()}
	if number != "" {
		var err error
		if b.Page, err = c.Cases.Submissions(r.Context(), r.Tenant, desk.Filter{Number: number, Limit: listPage}); err != nil {
			return err
		}
	}
	b.Page.Next = ""
	return c.show(w, r, http.StatusOK, "submissions", "submissions", b)
}
