package openid

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"realname/internal/desk"
)

// claims are what the provider says about a person.
type claims map[string]any

// isFor asks what the library leaves open: that the token answers this browser's
// question, and was issued to us and not only for us too.
func (c claims) isFor(client, nonce string, proof *oidc.IDToken) error {
	switch azp := c.text("azp"); {
	case proof.Nonce != nonce:
		return errors.New("verify the ID token: it answers another question (nonce)")
	case azp != client && (azp != "" || len(proof.Audience) > 1):
		return errors.New("verify the ID token: it was issued to another program (azp)")
	case proof.Subject == "" || len(proof.Subject) > 255:
		return errors.New("verify the ID token: it names nobody (sub)")
	}
	return nil
}

// addUserInfo adds what the provider tells only when asked again, as the standard
// has it. What the signed token says stands.
func (p *Provider) addUserInfo(ctx context.Context, d *discovered, token *oauth2.Token, said claims) error {
	if d.UserInfoEndpoint() == "" || said["email"] != nil && (p.conf.Claim == "" || said.at(p.conf.Claim) != nil) {
		return nil
	}
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return errors.New("ask the provider about the person: it does not answer as it should") // its text may hold what it sent
	}
	if info.Subject != said.text("sub") {
		return errors.New("ask the provider about the person: it answers about another one")
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("read what the provider says about the person: %w", err)
	}
	if said["email"] != nil { // the two belong together
		delete(more, "email_verified")
	}
	for name, value := range more {
		if said[name] == nil {
			said[name] = value
		}
	}
	return nil
}

// identity is what we take over of the claims.
func (p *Provider) identity(subject string, said claims) desk.Identity {
	id := desk.Identity{Issuer: p.conf.Issuer, Subject: subject, Name: cut(strings.TrimSpace(said.text("name")), desk.MaxName), Places: map[string]desk.Role{}}
	if verified := said["email_verified"]; verified == true || verified == "true" { // some say it as a text
		id.Email = strings.ToLower(said.text("email"))
	}
	if p.conf.Claim == "" {
		return id
	}
	values := list(said.at(p.conf.Claim))
	for _, g := range p.conf.Grants {
		had := id.Places[g.Tenant]
		if slices.Contains(values, g.Value) && (had == "" || g.Role.Allows(had)) {
			id.Places[g.Tenant] = g.Role
		}
	}
	return id
}

func (c claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// at finds a claim by its whole name, or else by the way into an object.
func (c claims) at(path string) any {
	if v, ok := c[path]; ok {
		return v
	}
	var v any = map[string]any(c)
	for step := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

// list reads the forms in which providers send roles: one text, a list of texts,
// or an object with the roles as its names.
func list(v any) (texts []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				texts = append(texts, s)
			}
		}
	case map[string]any:
		for name := range v {
			texts = append(texts, name)
		}
	}
	return texts
}

// cut shortens a text to so many bytes, between two characters.
func cut(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
