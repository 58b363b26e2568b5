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
	Login string
	Next  string
	Fault string // key of a text
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
	return c.show(w, r, http.StatusOK, "signin", "sign_in", signInBody{Next: back(r.FormValue("next"))})
}

// postSignIn lets a person in. Every refusal of a password reads the same and
// takes as long.
func (c *Console) postSignIn(w http.ResponseWriter, r *request) error {
	login := strings.ToLower(strings.TrimSpace(r.PostFormValue("login")))
	refuse := func(status int, fault string) error {
		return c.show(w, r, status, "signin", "sign_in", signInBody{Login: login, Next: back(r.PostFormValue("next")), Fault: fault})
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
	places, err := c.People.Places(r.Context(), u.ID)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return refuse(http.StatusForbidden, "sign_in_nowhere")
	}
	return c.welcome(w, r, u, places[0].Tenant, back(r.PostFormValue("next")))
}

// welcome opens a session and leads on.
func (c *Console) welcome(w http.ResponseWriter, r *request, u desk.User, tenant, next string) error {
	secret, hash := auth.NewSession()
	until := c.Now().Add(longSession)
	if err := c.People.OpenSession(r.Context(), hash, u, tenant, until); err != nil {
		return err
	}
	setSession(w, r.Request, secret, until)
	http.Redirect(w, r.Request, next, http.StatusSeeOther)
	return nil
}

// mayTry counts a try against its buckets.
func (c *Console) mayTry(r *http.Request, login string) bool {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	for bucket, key := range map[string]string{bucketPair: login + " " + address, bucketAddress: address, bucketLogin: login} {
		if _, ok := c.rates.Take(bucket, key, c.Now()); !ok {
			return false
		}
	}
	return true
}

func (c *Console) postSignOut(w http.ResponseWriter, r *request) error {
	if err := c.People.CloseSession(r.Context(), r.Hash); err != nil {
		return err
	}
	setSession(w, r.Request, "", time.Unix(1, 0))
	http.Redirect(w, r.Request, "/console/sign-in", http.StatusSeeOther)
	return nil
}

// passwordBody is what the page of the password shows.
type passwordBody struct {
	Fault string
	Min   int
}

func (c *Console) getPassword(w http.ResponseWriter, r *request) error {
	return c.show(w, r, http.StatusOK, "password", "password", passwordBody{Min: auth.MinPassword})
}

// postPassword replaces a password by one that its person chose.
func (c *Console) postPassword(w http.ResponseWriter, r *request) error {
	refuse := func(fault string) error {
		return c.show(w, r, http.StatusUnprocessableEntity, "password", "password", passwordBody{fault, auth.MinPassword})
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
