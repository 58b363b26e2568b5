package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"realname/internal/review"
)

// audited is a deed that the store writes into the audit trail by its name.
var audited = regexp.MustCompile(`(?:audit|Audit)\([^\n]*?"([a-z]+\.[a-z_]+)"|insert into audit[^\n]*'([a-z]+\.[a-z_]+)'`)

// Nobody who reads an audit trail should have to guess what a name of ours means.
func TestEveryDeedOfTheAuditTrailHasItsWords(t *testing.T) {
	names, err := filepath.Glob("../postgres/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range audited.FindAllStringSubmatch(string(data), -1) {
			found++
			if deed := m[1] + m[2]; !known("audit_" + strings.ReplaceAll(deed, ".", "_")) {
				t.Errorf("%s: %s has no words in texts.yaml", name, deed)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d deeds are found: does the search still fit the store?", found)
	}
	for _, event := range append(review.EventKinds, review.EventDay, review.EventTest) {
		if !known("told_" + strings.ReplaceAll(event, ".", "_")) {
			t.Errorf("%s has no words in texts.yaml", event)
		}
	}
}
