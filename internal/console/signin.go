package console

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"realname/internal/auth"
	"realname/internal/desk"
	"realname/internal/limit"
	"realname/internal/review"
)

// How long a session lives without use, and at most.
const (
	idleSession = 2 * time.Hour
	longSession = 12 * time.Hour
)

// The buckets of sign-ins: somebody who guesses is slowed down from one address
// and for one login, and nobody can lock out another one's login at once.
const (
	bucketPair    = "pair" // login and address
	bucketAddress = "address"
	bucketLogin   = "login"
)

var signInRates = map[string]limit.Rate{
	bucketPair: {PerSecond: 1.0 / 30, Burst: 8}, bucketAddress: {PerSecond: 1, Burst: 60}, bucketLogin: {PerSecond: 0.2, Burst: 60},
}

// loopback reports whether a browser on this machine asks: only there may the
// session travel without TLS.
func loopback(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// cookieName carries the promise of a browser that only this host sets the
// cookie, and only over TLS.
func cookieName(r *http.Request) string {
	if loopback(r) {
		return "realname"
	}
	return "__Host-realname"
}

func setSession(w http.ResponseWriter, r *http.Request, secret string, until time.Time) {
	http.SetCookie(w, &http.Cookie{Name: cookieName(r), Value: secret, Path: "/", Expires: until,
		HttpOnly: true, Secure: !loopback(r), SameSite: http.SameSiteLaxMode})
}

// signInBody is what the page of the sign-in shows.
type signInBody struct {
	Login    string
	Next     string
	Fault    string // key of a text
	Provider string // address that leads to the OpenID provider; empty for none
	Leave    string // address where one signs out there too
}

func (c *Console) toSignIn(w http.ResponseWriter, r *request) {
	to := "/console/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != Root {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
}

func (c *Console) getSignIn(w http.ResponseWriter, r *request) error {
	if r.UserID != "" {
		http.Redirect(w, r.Request, Root, http.StatusSeeOther)
		return nil
	}
	return c.showSignIn(w, r, http.StatusOK, signInBody{Next: back(r.FormValue("next"))})
}

// postSignIn lets a person in. Every refusal of a password reads the same and
// takes as long.
func (c *Console) postSignIn(w http.ResponseWriter, r *request) error {
	login := strings.ToLower(strings.TrimSpace(r.PostFormValue("login")))
	refuse := func(status int, fault string) error {
		return c.showSignIn(w, r, status, signInBody{Login: login, Next: back(r.PostFormValue("next")), Fault: fault})
	}
	if !c.mayTry(r.Request, login) {
		return refuse(http.StatusTooManyRequests, "sign_in_slow")
	}
	u, err := c.People.User(r.Context(), login)
	if err != nil && !errors.Is(err, review.ErrNotFound) {
		return err
	}
	late := u.OneTime && !u.GoodUntil.IsZero() && c.Now().After(u.GoodUntil)
	if !auth.CheckPassword(u.Password, r.PostFormValue("password")) || late {
		return refuse(http.StatusUnauthorized, "sign_in_wrong")
	}
	return c.enter(w, r, u, back(r.PostFormValue("next")))
}

// enter opens a session for a person who has proved who they are, at the first of
// their places, and leads on. A session that the browser had ends.
func (c *Console) enter(w http.ResponseWriter, r *request, u desk.User, next string) error {
	places, err := c.People.Places(r.Context(), u.ID)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return c.showSignIn(w, r, http.StatusForbidden, signInBody{Login: u.Login, Next: next, Fault: "sign_in_nowhere"})
	}
	if r.UserID != "" {
		if err := c.People.CloseSession(r.Context(), r.Hash); err != nil {
			return err
		}
	}
	secret, hash := auth.NewSession()
	until := c.Now().Add(longSession)
	if err := c.People.OpenSession(r.Context(), hash, u, places[0].Tenant, until); err != nil {
		return err
	}
	setSession(w, r.Request, secret, until)
	http.Redirect(w, r.Request, next, http.StatusSeeOther)
	return nil
}

// mayTry counts a try against its buckets.
func (c *Console) mayTry(r *http.Request, login string) bool {
	address := addressOf(r)
	for bucket, key := range map[string]string{bucketPair: login + " " + address, bucketAddress: address, bucketLogin: login} {
		if _, ok := c.rates.Take(bucket, key, c.Now()); !ok {
			return false
		}
	}
	return true
}

// mayAsk counts a question to the provider against its bucket.
func (c *Console) mayAsk(r *http.Request) bool {
	_, ok := c.rates.Take(bucketAddress, addressOf(r), c.Now())
	return ok
}

func addressOf(r *http.Request) string {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return address
}

func (c *Console) postSignOut(w http.ResponseWriter, r *request) error {
	if err := c.People.CloseSession(r.Context(), r.Hash); err != nil {
		return err
	}
	setSession(w, r.Request, "", time.Unix(1, 0))
	return c.done(w, r, "/console/sign-in", "signed_out")
}

// passwordBody is what the page of the password shows.
type passwordBody struct {
	Fault string
	Min   int
	None  bool // the person comes by the OpenID provider
}

func (c *Console) getPassword(w http.ResponseWriter, r *request) error {
	u, err := c.People.User(r.Context(), r.Login)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "password", "password", passwordBody{Min: auth.MinPassword, None: u.Password == ""})
}

// postPassword replaces a password by one that its person chose.
func (c *Console) postPassword(w http.ResponseWriter, r *request) error {
	refuse := func(fault string) error {
		return c.show(w, r, http.StatusUnprocessableEntity, "password", "password", passwordBody{Fault: fault, Min: auth.MinPassword})
	}
	u, err := c.People.User(r.Context(), r.Login)
	if err != nil {
		return err
	}
	chosen := r.PostFormValue("new")
	switch {
	case !c.mayTry(r.Request, r.Login):
		return refuse("sign_in_slow")
	case !auth.CheckPassword(u.Password, r.PostFormValue("old")):
		return refuse("password_wrong")
	case chosen != r.PostFormValue("again"):
		return refuse("password_differs")
	case chosen == r.PostFormValue("old"):
		return refuse("password_same")
	}
	if u.Password, err = auth.HashPassword(chosen); err != nil {
		return refuse("password_short")
	}
	u.OneTime, u.GoodUntil = false, time.Time{}
	if err := c.People.SetPassword(r.Context(), u, r.Hash); err != nil {
		return err
	}
	http.Redirect(w, r.Request, Root, http.StatusSeeOther)
	return nil
}

// postPlace moves the session to another tenant of its person.
func (c *Console) postPlace(w http.ResponseWriter, r *request) error {
	if err := c.People.MoveSession(r.Context(), r.Session, r.PostFormValue("tenant")); err != nil {
		return err
	}
	http.Redirect(w, r.Request, Root, http.StatusSeeOther)
	return nil
}
