package console

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"realname/internal/desk"
	"realname/internal/review"
)

// askLife is how long a browser remembers that it was sent to the provider, in seconds.
const askLife = 10 * 60

// askCookie is the cookie of a sign-in under way: only this browser holds its
// secret, so that nobody can end a sign-in that another began.
func askCookie(r *http.Request) string { return cookieName(r) + "-ask" }

func setAsk(w http.ResponseWriter, r *http.Request, value string, age int) {
	// Lax, so that it comes along when the provider sends the person back.
	http.SetCookie(w, &http.Cookie{Name: askCookie(r), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: !loopback(r), SameSite: http.SameSiteLaxMode})
}

// getProvider leads to the provider. It is a link and no form: the policy of our
// pages lets no form lead elsewhere.
func (c *Console) getProvider(w http.ResponseWriter, r *request) error {
	if c.Provider == nil {
		return review.ErrNotFound
	}
	next := back(r.FormValue("next"))
	if !c.mayAsk(r.Request) {
		return c.showSignIn(w, r, http.StatusTooManyRequests, signInBody{Next: next, Fault: "sign_in_slow"})
	}
	to, secret, err := c.Provider.Ask(r.Context())
	if err != nil {
		return c.providerDown(w, r, next, err)
	}
	setAsk(w, r.Request, secret+"."+base64.RawURLEncoding.EncodeToString([]byte(next)), askLife)
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// readAsk is what the browser was given when it left for the provider.
func readAsk(r *http.Request) (secret, next string) {
	cookie, err := r.Cookie(askCookie(r))
	if err != nil {
		return "", Root
	}
	secret, kept, _ := strings.Cut(cookie.Value, ".")
	to, _ := base64.RawURLEncoding.DecodeString(kept) // what cannot be read leads to the overview
	return secret, back(string(to))
}

// getBack takes who comes back from the provider.
func (c *Console) getBack(w http.ResponseWriter, r *request) error {
	if c.Provider == nil {
		return review.ErrNotFound
	}
	secret, next := readAsk(r.Request)
	setAsk(w, r.Request, "", -1) // an answer counts once
	refuse := func(status int, fault string) error {
		return c.showSignIn(w, r, status, signInBody{Next: next, Fault: fault})
	}
	if !c.mayAsk(r.Request) {
		return refuse(http.StatusTooManyRequests, "sign_in_slow")
	}
	who, err := c.Provider.Vouch(r.Context(), secret, r.URL.Query())
	switch {
	case errors.Is(err, desk.ErrStale) && r.UserID != "": // the page was loaded twice
		http.Redirect(w, r.Request, next, http.StatusSeeOther)
		return nil
	case errors.Is(err, desk.ErrStale):
		return refuse(http.StatusBadRequest, "sign_in_stale")
	case errors.Is(err, desk.ErrRefused):
		return refuse(http.StatusUnauthorized, "sign_in_refused")
	case err != nil:
		return c.providerDown(w, r, next, err)
	}
	u, err := c.People.Recognise(r.Context(), who)
	if errors.Is(err, review.ErrNotFound) {
		return refuse(http.StatusUnauthorized, "sign_in_nowhere")
	}
	if err != nil {
		return err
	}
	return c.enter(w, r, u, next)
}

// providerDown says that the provider is of no help just now, and leaves the other
// way in open.
func (c *Console) providerDown(w http.ResponseWriter, r *request, next string, err error) error {
	if r.Context().Err() != nil {
		return err // whoever asked has gone
	}
	c.Log.Error().Err(err).Str("request", w.Header().Get("X-Request-Id")).Msg("the OpenID provider is of no help")
	return c.showSignIn(w, r, http.StatusServiceUnavailable, signInBody{Next: next, Fault: "sign_in_provider_down"})
}

// showSignIn shows the ways in.
func (c *Console) showSignIn(w http.ResponseWriter, r *request, status int, b signInBody) error {
	if c.Provider != nil {
		b.Provider = "/console/sign-in/provider?next=" + url.QueryEscape(b.Next)
		if r.URL.Query().Get("done") == "signed_out" {
			b.Leave = c.Provider.Leave()
		}
	}
	return c.show(w, r, status, "signin", "sign_in", b)
}
