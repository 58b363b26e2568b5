package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"

	"realname/internal/desk"
)

// maxFilterName bounds the name of a saved filter, in characters.
const maxFilterName = 40

// savedView is a saved filter as a link.
type savedView struct {
	desk.SavedFilter
	Address string
	Here    bool // it is the one that is shown
	Drop    bool // who reads may forget it
}

// wordsOf is a filter in the words of an address, and nothing else of what was
// sent: no place in a list, and never a number.
func (c *Console) wordsOf(r *request, q url.Values) string {
	f, due := c.filterOf(r, q)
	words := url.Values{}
	for name, value := range map[string]string{"standing": string(f.Standing), "reason": string(f.Reason), "q": f.Text, "due": due, "mine": q.Get("mine")} {
		if value != "" {
			words.Set(name, value)
		}
	}
	if words.Has("mine") {
		words.Set("mine", "1")
	}
	return words.Encode()
}

// saved lists the filters that who reads the page comes back to.
func (c *Console) saved(r *request, here string) ([]savedView, error) {
	list, err := c.Cases.SavedFilters(r.Context(), r.Session)
	if err != nil {
		return nil, err
	}
	views := make([]savedView, len(list))
	for i, f := range list {
		views[i] = savedView{f, "/console/submissions?" + f.Query, f.Query == here, f.Mine || r.Role.Allows(desk.Admin)}
	}
	return views, nil
}

// postFilter saves a filter under a name.
func (c *Console) postFilter(w http.ResponseWriter, r *request) error {
	q, err := url.ParseQuery(r.PostFormValue("filter"))
	name := strings.Join(strings.Fields(r.PostFormValue("name")), " ")
	to := "/console/submissions"
	if err != nil || name == "" || utf8.RuneCountInString(name) > maxFilterName {
		return c.done(w, r, to, "filter_wrong")
	}
	f := desk.SavedFilter{ID: uuid.Must(uuid.NewV7()).String(), Name: name, Query: c.wordsOf(r, q), Shared: r.PostFormValue("shared") != ""} // fails only without a source of randomness
	if len(f.Query) > desk.MaxFilterQuery {
		return c.done(w, r, to, "filter_wrong")
	}
	switch err := c.Cases.SaveFilter(r.Context(), r.Session, f); {
	case errors.Is(err, desk.ErrTooMany):
		return c.done(w, r, to, "filter_too_many")
	case err != nil:
		return err
	}
	http.Redirect(w, r.Request, to+"?"+f.Query+"&done="+"filter_saved", http.StatusSeeOther)
	return nil
}

// postFilterDrop forgets a filter.
func (c *Console) postFilterDrop(w http.ResponseWriter, r *request) error {
	if err := c.Cases.DropFilter(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	return c.done(w, r, "/console/submissions", "filter_dropped")
}

// columns are what a list of submissions may show beside the subject, in their
// order; those at the front are shown to whoever has not chosen.
var columns = []string{"standing", "reason", "attempt", "deadline", "changed", "assignee", "received", "submission_id"}

// columnsShown is how many of them are shown to begin with.
const columnsShown = 6

// cookieColumns keeps the choice of columns; it says nothing about anybody.
const cookieColumns = "realname-columns"

// readColumns reads the choice; none is that of the beginning.
func readColumns(r *http.Request) map[string]bool {
	chosen := columns[:columnsShown]
	if cookie, err := r.Cookie(cookieColumns); err == nil {
		chosen = strings.Split(cookie.Value, ".")
	}
	set := map[string]bool{}
	for _, name := range columns {
		set[name] = slices.Contains(chosen, name)
	}
	return set
}

// postColumns keeps the choice in the browser.
func (c *Console) postColumns(w http.ResponseWriter, r *request) error {
	_ = r.PostFormValue("") // reads the form
	var chosen []string
	for _, name := range columns {
		if slices.Contains(r.PostForm["column"], name) {
			chosen = append(chosen, name)
		}
	}
	keep(w, r, cookieColumns, strings.Join(chosen, "."))
	http.Redirect(w, r.Request, back(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

// Col reports whether a list of submissions shows a column.
func (p page) Col(name string) bool { return p.Columns[name] }
