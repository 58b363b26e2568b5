package console

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofrs/uuid/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// How much a page lists: deeds, and submissions that one did not fit.
const (
	actionsShown = 50
	skippedShown = 50
)

func (c *Console) getActions(w http.ResponseWriter, r *request) error {
	list, err := c.Actions.Actions(r.Context(), r.Tenant, actionsShown)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "actions", "bulk", list)
}

// plan is a deed before it is done: what, to how many, and as which filter.
type plan struct {
	desk.Action
	Query   string // of the list that it is over
	Count   int
	TooMany bool
	filter  desk.Filter
}

// List is the address of the list that the deed is over.
func (p plan) List() string { return "/console/submissions?" + p.Query }

// readPlan reads a deed and the list that it is over. What is wrong about it is
// review.ErrNotFound: the page offers nothing else.
func (c *Console) readPlan(r *request) (plan, error) {
	p := plan{Query: r.PostFormValue("filter")}
	p.Kind, p.AssigneeID = desk.ActionKind(r.PostFormValue("kind")), r.PostFormValue("assignee")
	q, err := url.ParseQuery(p.Query)
	if err != nil || !p.Kind.Known() {
		return p, review.ErrNotFound
	}
	if p.Kind == desk.Extend {
		if p.Days, err = strconv.Atoi(r.PostFormValue("days")); err != nil || p.Days < 1 || p.Days > desk.MaxDays {
			return p, review.ErrNotFound
		}
	}
	if p.Kind != desk.Assign {
		p.AssigneeID = ""
	}
	if p.Assignee, err = c.memberName(r, p.AssigneeID); err != nil {
		return p, err
	}
	p.filter, _ = c.filterOf(r, q)
	p.Count, err = c.Actions.Matching(r.Context(), r.Tenant, p.filter)
	p.TooMany = p.Count > desk.MaxAction
	return p, err
}

// memberName is the name of a member; nobody has none.
func (c *Console) memberName(r *request, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	members, err := c.People.Members(r.Context(), r.Tenant)
	if err != nil {
		return "", err
	}
	for _, m := range members {
		if m.UserID == id {
			return m.Name, nil
		}
	}
	return "", review.ErrNotFound
}

// postPlan says to how many submissions a deed would be done, and does nothing.
func (c *Console) postPlan(w http.ResponseWriter, r *request) error {
	p, err := c.readPlan(r)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "plan", "bulk", p)
}

func (c *Console) postAction(w http.ResponseWriter, r *request) error {
	p, err := c.readPlan(r)
	if err != nil {
		return err
	}
	if p.TooMany || p.Count == 0 {
		return c.show(w, r, http.StatusUnprocessableEntity, "plan", "bulk", p)
	}
	p.ID = uuid.Must(uuid.NewV7()).String() // fails only without a source of randomness
	if _, err := c.Actions.StartAction(r.Context(), r.Session, p.Action, p.filter); err != nil {
		return err
	}
	c.ring()
	http.Redirect(w, r.Request, "/console/actions/"+p.ID, http.StatusSeeOther)
	return nil
}

// actionBody is what the page of a deed shows.
type actionBody struct {
	desk.Action
	Left []desk.Row // what it did not fit
	More int        // of that, which is not listed
}

func (c *Console) getAction(w http.ResponseWriter, r *request) error {
	a, err := c.Actions.Action(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := actionBody{Action: a}
	if a.Skipped > 0 {
		if b.Left, err = c.Actions.SkippedBy(r.Context(), r.Tenant, a.ID, skippedShown); err != nil {
			return err
		}
	}
	b.More = max(0, a.Skipped-len(b.Left))
	return c.show(w, r, http.StatusOK, "action", "bulk", b)
}

func (c *Console) postUndo(w http.ResponseWriter, r *request) error {
	if err := c.Actions.UndoAction(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	c.ring()
	http.Redirect(w, r.Request, "/console/actions/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// getActionLive follows a deed.
func (c *Console) getActionLive(w http.ResponseWriter, r *request) error {
	return c.follow(w, r, livePause, func() (map[string]int, bool, error) {
		a, err := c.Actions.Action(r.Context(), r.Tenant, r.PathValue("id"))
		return map[string]int{"done": a.Done, "skipped": a.Skipped, "undone": a.Undone, "moved": a.Moved()}, !a.Open(), err
	})
}
