package console

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/auth"
	"realname/internal/desk"
	"realname/internal/review"
)

// oneTimeLife is how long a one-time password waits for its person.
const oneTimeLife = 7 * 24 * time.Hour

type membersBody struct {
	Members  []desk.Member
	Roles    []desk.Role
	Fault    string
	Password string // shown this once
	Login    string // whose
}

func (c *Console) getMembers(w http.ResponseWriter, r *request) error {
	return c.showMembers(w, r, http.StatusOK, membersBody{})
}

func (c *Console) showMembers(w http.ResponseWriter, r *request, status int, b membersBody) (err error) {
	b.Roles = desk.Roles
	if b.Members, err = c.People.Members(r.Context(), r.Tenant); err != nil {
		return err
	}
	return c.show(w, r, status, "members", "members", b)
}

// loginForm is what a login may look like.
var loginForm = regexp.MustCompile(`^[a-z0-9._@+-]{1,64}$`)

// postMember makes a person a member. Who is new gets a one-time password, which
// the page shows this once.
func (c *Console) postMember(w http.ResponseWriter, r *request) error {
	login, name := strings.ToLower(strings.TrimSpace(r.PostFormValue("login"))), strings.TrimSpace(r.PostFormValue("name"))
	role := desk.Role(r.PostFormValue("role"))
	if !loginForm.MatchString(login) || name == "" || len(name) > desk.MaxName || !slices.Contains(desk.Roles, role) {
		return c.showMembers(w, r, http.StatusUnprocessableEntity, membersBody{Fault: "invite_wrong"})
	}
	u, password := NewPerson(login, name, c.Now())
	fresh, err := c.People.Invite(r.Context(), r.Tenant, r.Actor(), u, role)
	switch {
	case errors.Is(err, desk.ErrTaken):
		return c.showMembers(w, r, http.StatusConflict, membersBody{Fault: "invite_taken"})
	case err != nil:
		return err
	case !fresh:
		return c.done(w, r, "/console/members", "done_invited")
	}
	return c.showMembers(w, r, http.StatusCreated, membersBody{Password: password, Login: login})
}

// NewPerson makes a person who is not kept anywhere yet, and their one-time password.
func NewPerson(login, name string, now time.Time) (u desk.User, password string) {
	password, hash := auth.NewOneTime()
	id := uuid.Must(uuid.NewV7()).String() // fails only without a source of randomness
	return desk.User{ID: id, Login: login, Name: name, Password: hash, OneTime: true, GoodUntil: now.Add(oneTimeLife)}, password
}

// postRole changes what a member may do, or ends the membership.
func (c *Console) postRole(w http.ResponseWriter, r *request) error {
	role := desk.Role(r.PostFormValue("role"))
	if role != "" && !slices.Contains(desk.Roles, role) {
		return review.ErrNotFound
	}
	err := c.People.SetRole(r.Context(), r.Tenant, r.Actor(), r.PathValue("id"), role)
	if errors.Is(err, desk.ErrLastAdmin) {
		return c.showMembers(w, r, http.StatusConflict, membersBody{Fault: "last_admin"})
	}
	if err != nil {
		return err
	}
	return c.done(w, r, "/console/members", "done_saved")
}

// postReset gives a member a one-time password, which the page shows this once.
func (c *Console) postReset(w http.ResponseWriter, r *request) error {
	u, password := NewPerson("", "", c.Now())
	u.ID = r.PathValue("id")
	err := c.People.ResetPassword(r.Context(), r.Tenant, r.Actor(), u)
	if errors.Is(err, review.ErrNotFound) {
		return c.showMembers(w, r, http.StatusConflict, membersBody{Fault: "reset_elsewhere"})
	}
	if err != nil {
		return err
	}
	return c.showMembers(w, r, http.StatusOK, membersBody{Password: password, Login: r.PostFormValue("login")})
}

// done leads to a page that says what was done.
func (c *Console) done(w http.ResponseWriter, r *request, to, notice string) error {
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	http.Redirect(w, r.Request, to+mark+"done="+notice, http.StatusSeeOther)
	return nil
}
