// Package openid asks an OpenID Connect provider who somebody is: authorization
// code with PKCE, state and nonce, and an ID token whose signature, issuer,
// audience and age are verified. It reads from a claim which places the person is
// given, keeps no token, and knows neither pages nor SQL.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"realname/internal/desk"
)

// Config is how the provider knows us.
type Config struct {
	Issuer   string // https, or http on this machine
	ClientID string
	Secret   string
	Scopes   []string // openid is asked for in any case
	Callback string   // the whole address where people come back to
	Claim    string   // that holds roles or groups; a dot leads into an object
	Grants   []Grant
}

// Grant is what one value of the claim gives.
type Grant struct {
	Value  string
	Tenant string
	Role   desk.Role
}

// Provider is one provider of OpenID Connect. It is asked for its addresses when the
// first person comes, so that a service starts while it is away.
type Provider struct {
	conf   Config
	client *http.Client

	mu      sync.Mutex
	found   *discovered
	failure error
	failed  time.Time
}

// discovered is what the provider says about itself.
type discovered struct {
	*oidc.Provider
	leave string // address of its own sign-out; empty for none
}

// The bounds of what a provider may do to us.
const (
	answerTime  = 10 * time.Second
	answerBytes = 1 << 20
	calmAfter   = 5 * time.Second // no new question after a failed one
)

// New checks the configuration; it asks nobody yet.
func New(c Config) (*Provider, error) {
	for name, address := range map[string]string{"issuer": c.Issuer, "address to come back to": c.Callback} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !here(u.Hostname())) {
			return nil, fmt.Errorf("the %s %q must be an https address", name, address)
		}
	}
	if c.ClientID == "" || c.Secret == "" {
		return nil, errors.New("the client id and the client secret must be set")
	}
	if len(c.Grants) > 0 && c.Claim == "" {
		return nil, errors.New("roles are given by the values of a claim, but no claim is named")
	}
	return &Provider{conf: c, client: &http.Client{Timeout: answerTime, Transport: bounded{http.DefaultTransport}, CheckRedirect: noRedirect}}, nil
}

// here reports whether a host is this machine.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// noRedirect: a provider says its addresses itself; a secret goes nowhere else.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// bounded bounds what is read of an answer.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, answerBytes), resp.Body}
	}
	return resp, err
}

// discover finds the provider's addresses and keys.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if time.Since(p.failed) < calmAfter {
		return nil, p.failure
	}
	// Whoever asked first may go; the answer is for all.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.client)
	op, err := oidc.NewProvider(ctx, p.conf.Issuer)
	if err != nil {
		p.failed, p.failure = time.Now(), fmt.Errorf("ask the provider for its addresses: %s", cut(err.Error(), 300)) // it may hold all that was sent
		return nil, p.failure
	}
	var more struct {
		Leave string `json:"end_session_endpoint"`
	}
	_ = op.Claims(&more) // it was read once already
	p.found = &discovered{op, more.Leave}
	return p.found, nil
}

func (p *Provider) oauth(d *discovered) *oauth2.Config {
	scopes := append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(p.conf.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...)
	return &oauth2.Config{ClientID: p.conf.ClientID, ClientSecret: p.conf.Secret, Endpoint: d.Endpoint(), RedirectURL: p.conf.Callback, Scopes: scopes}
}

// derive makes from the one secret that a browser keeps the values that the
// protocol wants apart. None tells of another.
func derive(secret, what string) string {
	sum := sha256.Sum256([]byte(what + " " + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Ask gives the address where a person proves who they are, and the secret that
// their browser, and nobody else, keeps until they come back.
func (p *Provider) Ask(ctx context.Context) (address, secret string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	secret = rand.Text() + rand.Text()
	return p.oauth(d).AuthCodeURL(derive(secret, "state"), oidc.Nonce(derive(secret, "nonce")), oauth2.S256ChallengeOption(derive(secret, "verifier"))), secret, nil
}

// Leave is where a person signs out of the provider too; empty when nobody knows.
func (p *Provider) Leave() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || p.found.leave == "" {
		return ""
	}
	u, err := url.Parse(p.found.leave)
	if err != nil || u.Scheme != "https" && !here(u.Hostname()) {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.conf.ClientID)
	u.RawQuery = q.Encode()
	return u.String()
}

// Vouch reads the answer with which a person comes back. desk.ErrStale when it
// belongs to no question of this browser or comes too late, desk.ErrRefused when the
// provider says no; any other error is the provider's or ours.
func (p *Provider) Vouch(ctx context.Context, secret string, answer url.Values) (desk.Identity, error) {
	if secret == "" || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(derive(secret, "state"))) != 1 {
		return desk.Identity{}, desk.ErrStale
	}
	if iss := answer.Get("iss"); iss != "" && iss != p.conf.Issuer { // RFC 9207: another provider's answer
		return desk.Identity{}, desk.ErrStale
	}
	switch fault := answer.Get("error"); fault {
	case "":
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return desk.Identity{}, desk.ErrRefused
	default:
		return desk.Identity{}, fmt.Errorf("the provider answers with the error %.40q", fault)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return desk.Identity{}, err
	}
	return p.redeem(oidc.ClientContext(ctx, p.client), d, secret, answer.Get("code"))
}

// redeem gives the code for an ID token and reads it.
func (p *Provider) redeem(ctx context.Context, d *discovered, secret, code string) (desk.Identity, error) {
	token, err := p.oauth(d).Exchange(ctx, code, oauth2.VerifierOption(derive(secret, "verifier")))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return desk.Identity{}, desk.ErrStale
	case errors.As(err, &refused): // its text holds what the provider sent
		return desk.Identity{}, fmt.Errorf("give the code for a token: the provider answers %d %.40q", refused.Response.StatusCode, refused.ErrorCode)
	case err != nil:
		return desk.Identity{}, fmt.Errorf("give the code for a token: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	proof, err := d.VerifierContext(ctx, &oidc.Config{ClientID: p.conf.ClientID}).Verify(ctx, raw)
	if err != nil {
		return desk.Identity{}, fmt.Errorf("verify the ID token: %w", err)
	}
	said := claims{}
	if err := proof.Claims(&said); err != nil {
		return desk.Identity{}, fmt.Errorf("read the ID token: %w", err)
	}
	if err := said.isFor(p.conf.ClientID, derive(secret, "nonce"), proof); err != nil {
		return desk.Identity{}, err
	}
	if err := p.addUserInfo(ctx, d, token, said); err != nil {
		return desk.Identity{}, err
	}
	return p.identity(proof.Subject, said), nil
}
