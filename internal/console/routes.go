package console

import (
	"errors"
	"net/http"
	"strings"

	"realname/internal/auth"
	"realname/internal/desk"
	"realname/internal/review"
)

// access is what a route needs of who asks. newRoute takes one, so that a row of the
// table without it does not compile; the zero value lets nobody in.
type access struct {
	who  who
	role desk.Role // of a member
}

// who may ask at all.
type who int

const (
	nobody   who = iota
	anybody      // nobody need sign in
	somebody     // whatever they may do, also with a one-time password
	member       // of the tenant, in a role
)

var (
	open     = access{who: anybody}
	person   = access{who: somebody}
	viewer   = access{member, desk.Viewer}
	reviewer = access{member, desk.Reviewer}
	operator = access{member, desk.Operator}
	admin    = access{member, desk.Admin}
)

// handler answers a request or returns why it cannot.
type handler func(w http.ResponseWriter, r *request) error

// route is one row of the table of routes.
type route struct {
	method, pattern string
	need            access
	handle          handler
}

func newRoute(method, pattern string, need access, h handler) route {
	return route{method, pattern, need, h}
}

func (c *Console) routes() []route {
	return []route{
		newRoute("GET", "/console/static/{name}", open, c.getStatic),
		newRoute("GET", "/console/sign-in", open, c.getSignIn),
		newRoute("POST", "/console/sign-in", open, c.postSignIn),
		newRoute("GET", "/console/sign-in/provider", open, c.getProvider),
		newRoute("GET", "/console/sign-in/back", open, c.getBack),
		newRoute("POST", "/console/preferences", open, c.postPreferences),
		newRoute("POST", "/console/sign-out", person, c.postSignOut),
		newRoute("GET", "/console/password", person, c.getPassword),
		newRoute("POST", "/console/password", person, c.postPassword),
		newRoute("POST", "/console/place", person, c.postPlace),
		newRoute("GET", "/console/{$}", viewer, c.getOverview),
		newRoute("GET", "/console/live", viewer, c.getOverviewLive),
		newRoute("GET", "/console/submissions", viewer, c.getSubmissions),
		newRoute("POST", "/console/submissions", viewer, c.postFind),
		newRoute("GET", "/console/submissions/{id}", viewer, c.getSubmission),
		newRoute("POST", "/console/filters", viewer, c.postFilter),
		newRoute("POST", "/console/filters/{id}/drop", viewer, c.postFilterDrop),
		newRoute("POST", "/console/columns", viewer, c.postColumns),
		newRoute("POST", "/console/submissions/{id}/reveal", reviewer, c.postReveal),
		newRoute("POST", "/console/submissions/{id}/erase", admin, c.postErase),
		newRoute("GET", "/console/documents/{id}", reviewer, c.getPicture),
		newRoute("GET", "/console/review", viewer, c.getQueue),
		newRoute("POST", "/console/review/next", reviewer, c.postNext),
		newRoute("POST", "/console/review/{id}/take", reviewer, c.postTake),
		newRoute("GET", "/console/review/{id}", reviewer, c.getReview),
		newRoute("POST", "/console/review/{id}/decide", reviewer, c.postDecide),
		newRoute("POST", "/console/review/{id}/release", reviewer, c.postRelease),
		newRoute("GET", "/console/actions", viewer, c.getActions),
		newRoute("POST", "/console/actions/plan", operator, c.postPlan),
		newRoute("POST", "/console/actions", operator, c.postAction),
		newRoute("GET", "/console/actions/{id}", viewer, c.getAction),
		newRoute("GET", "/console/actions/{id}/live", viewer, c.getActionLive),
		newRoute("POST", "/console/actions/{id}/undo", operator, c.postUndo),
		newRoute("GET", "/console/batches", viewer, c.getBatches),
		newRoute("GET", "/console/batches/{id}", viewer, c.getBatch),
		newRoute("GET", "/console/batches/{id}/live", viewer, c.getBatchLive),
		newRoute("POST", "/console/batches/{id}/fix/plan", operator, c.postFixPlan),
		newRoute("POST", "/console/batches/{id}/fix", operator, c.postFix),
		newRoute("GET", "/console/fixes/{id}", viewer, c.getFix),
		newRoute("POST", "/console/fixes/{id}/undo", operator, c.postFixUndo),
		newRoute("GET", "/console/parked", viewer, c.getParked),
		newRoute("POST", "/console/parked/{id}/redrive", operator, c.postRedrive),
		newRoute("GET", "/console/deliveries", viewer, c.getDeliveries),
		newRoute("POST", "/console/deliveries/{id}/replay", operator, c.postReplay),
		newRoute("GET", "/console/reasons", viewer, c.getReasons),
		newRoute("GET", "/console/replays", viewer, c.getReplays),
		newRoute("POST", "/console/replays", operator, c.postReplays),
		newRoute("GET", "/console/replays/{id}", viewer, c.getReplay),
		newRoute("GET", "/console/replays/{id}/live", viewer, c.getReplayLive),
		newRoute("POST", "/console/settings", admin, c.postSettings),
		newRoute("GET", "/console/keys", admin, c.getKeys),
		newRoute("POST", "/console/keys", admin, c.postKey),
		newRoute("POST", "/console/keys/{id}/rotate", admin, c.postKeyRotate),
		newRoute("POST", "/console/keys/{id}/revoke", admin, c.postKeyRevoke),
		newRoute("GET", "/console/members", admin, c.getMembers),
		newRoute("POST", "/console/members", admin, c.postMember),
		newRoute("POST", "/console/members/{id}/role", admin, c.postRole),
		newRoute("POST", "/console/members/{id}/reset", admin, c.postReset),
	}
}

// request is what a handler gets: who asks, and in which words.
type request struct {
	*http.Request
	desk.Session
	prefs preferences
}

// serve lets a request through to its route when who asks may.
func (c *Console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{Request: r, prefs: readPreferences(r)}
		err := c.admit(req, rt.need)
		if err == nil {
			err = rt.handle(w, req)
		}
		if err != nil {
			c.fail(w, req, err)
		}
	})
}

// What stands in the way of a request beside review.ErrNotFound.
var (
	errSignIn    = errors.New("nobody is signed in")
	errForbidden = errors.New("the role does not allow it")
	errOneTime   = errors.New("the one-time password must be replaced first")
)

// admit finds out who asks and whether they may.
func (c *Console) admit(r *request, need access) error {
	if need.who == nobody {
		return review.ErrNotFound
	}
	secret, err := r.Cookie(cookieName(r.Request))
	if err != nil {
		return unlessOpen(need, errSignIn)
	}
	r.Session, err = c.People.Session(r.Context(), auth.SessionHash(secret.Value), idleSession)
	switch {
	case errors.Is(err, review.ErrNotFound):
		return unlessOpen(need, errSignIn)
	case err != nil:
		return unlessOpen(need, err)
	case need.who != member:
		return nil
	case r.OneTime:
		return errOneTime
	case !r.Role.Allows(need.role):
		return errForbidden
	}
	return nil
}

func unlessOpen(need access, err error) error {
	if need.who == anybody {
		return nil
	}
	return err
}

// fail answers a request that could not be served.
func (c *Console) fail(w http.ResponseWriter, r *request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errSignIn):
		c.toSignIn(w, r)
	case errors.Is(err, errOneTime):
		http.Redirect(w, r.Request, "/console/password", http.StatusSeeOther)
	case errors.Is(err, errForbidden):
		c.problem(w, r, http.StatusForbidden, "forbidden")
	case errors.Is(err, review.ErrNotFound):
		c.problem(w, r, http.StatusNotFound, "not_found")
	case errors.Is(err, desk.ErrTaken):
		c.problem(w, r, http.StatusConflict, "taken")
	case errors.As(err, &tooLarge):
		c.problem(w, r, http.StatusRequestEntityTooLarge, "too_large")
	case r.Context().Err() != nil: // whoever asked has gone
	default:
		c.Log.Error().Err(err).Str("request", w.Header().Get("X-Request-Id")).Msg("page failed on our side")
		c.problem(w, r, http.StatusServiceUnavailable, "unavailable")
	}
}

// nothing answers for every address that is not in the table.
func (c *Console) nothing(_ http.ResponseWriter, _ *request) error { return review.ErrNotFound }

// back is where a form leads: an address of ours, or the overview.
func back(to string) string {
	if !strings.HasPrefix(to, Root) || strings.ContainsAny(to, "\\\r\n") || strings.Contains(to, "..") {
		return Root
	}
	return to
}
