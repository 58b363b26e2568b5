package app

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"realname/internal/auth/openid"
	"realname/internal/console"
	"realname/internal/desk"
)

// provider is who vouches for people of the console; nil without an issuer.
func provider(c OpenIDConfig) (console.Provider, error) {
	if c.Issuer == "" {
		return nil, nil
	}
	if c.Console == "" {
		return nil, errors.New("CONSOLE_URL must be set with OIDC_ISSUER: the provider leads people back there")
	}
	secret := c.Secret
	if c.SecretFile != "" {
		data, err := os.ReadFile(c.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("read OIDC_CLIENT_SECRET_FILE: %w", err)
		}
		secret = strings.TrimSpace(string(data))
	}
	grants, err := readGrants(c.Roles)
	if err != nil {
		return nil, err
	}
	p, err := openid.New(openid.Config{Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, Scopes: c.Scopes,
		Callback: strings.TrimSuffix(strings.TrimSuffix(c.Console, "/"), "/console") + "/console/sign-in/back", Claim: c.RolesClaim, Grants: grants})
	if err != nil {
		return nil, fmt.Errorf("settings of OpenID Connect (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ROLES_CLAIM, CONSOLE_URL): %w", err)
	}
	return p, nil
}

// readGrants reads what the values of a claim give, each as value=tenant:role.
func readGrants(list []string) (grants []openid.Grant, err error) {
	for _, text := range list {
		at := strings.LastIndexByte(text, '=') // a value may hold one
		if at < 0 {
			return nil, badGrant(text)
		}
		tenant, role, ok := strings.Cut(text[at+1:], ":")
		g := openid.Grant{Value: strings.TrimSpace(text[:at]), Tenant: strings.TrimSpace(tenant), Role: desk.Role(strings.TrimSpace(role))}
		if !ok || g.Value == "" || g.Tenant == "" || !slices.Contains(desk.Roles, g.Role) {
			return nil, badGrant(text)
		}
		grants = append(grants, g)
	}
	return grants, nil
}

func badGrant(text string) error {
	return fmt.Errorf("OIDC_ROLES: %q must read value=tenant:role with a role of viewer, reviewer, operator, admin", text)
}
