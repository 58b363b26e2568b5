package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realname/internal/auth/openid"
	"realname/internal/desk"
)

func TestRolesOfAProviderAreReadOrRefusedWithTheirText(t *testing.T) {
	got, err := readGrants([]string{"staff = acme:viewer", "cn=ops=other:admin"})
	want := []openid.Grant{{Value: "staff", Tenant: "acme", Role: desk.Viewer}, {Value: "cn=ops", Tenant: "other", Role: desk.Admin}}
	if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "staff", "staff=acme", "staff=acme:owner", "=acme:admin", "staff=:admin", "staff=acme:"} {
		if _, err := readGrants([]string{bad}); err == nil || !strings.Contains(err.Error(), "OIDC_ROLES") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAProviderIsSetWholeOrNotAtAll(t *testing.T) {
	if p, err := provider(OpenIDConfig{}); p != nil || err != nil {
		t.Errorf("without an issuer: %v, %v", p, err)
	}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("kept in a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := OpenIDConfig{Issuer: "https://id.example", ClientID: "realname", SecretFile: file, Console: "https://realname.example/"}
	if p, err := provider(whole); p == nil || err != nil {
		t.Errorf("whole: %v", err)
	}
	for rule, spoil := range map[string]func(*OpenIDConfig){
		"an issuer without TLS":    func(c *OpenIDConfig) { c.Issuer = "http://id.example" },
		"a console without TLS":    func(c *OpenIDConfig) { c.Console = "http://realname.example" },
		"no console":               func(c *OpenIDConfig) { c.Console = "" },
		"no client id":             func(c *OpenIDConfig) { c.ClientID = "" },
		"no secret":                func(c *OpenIDConfig) { c.SecretFile = "" },
		"a file that is not there": func(c *OpenIDConfig) { c.SecretFile = file + "x" },
		"roles without a claim":    func(c *OpenIDConfig) { c.Roles = []string{"staff=acme:viewer"} },
	} {
		c := whole
		spoil(&c)
		if _, err := provider(c); err == nil {
			t.Errorf("%s is taken", rule)
		}
	}
}
