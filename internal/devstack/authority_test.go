package devstack

import (
	"os"
	"strings"
	"testing"

	"realname/internal/credential"
)

// docs/testing.md is what an integrator goes by.
func TestEverySubjectIsValidAndDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Subjects {
		format := credential.USCC
		if s.Person {
			format = credential.ResidentID
		}
		if !credential.Valid(format, s.Number) || strings.Count(string(page), "`"+s.Number+"`") != 1 {
			t.Errorf("%s (%s): valid %v, and stands in docs/testing.md once", s.Number, s.About, credential.Valid(format, s.Number))
		}
	}
}
