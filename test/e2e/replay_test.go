package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"realname/internal/app"
	"realname/internal/demo"
)

// replayBatch decides the demo batch again with the real tool: under the same
// rules nothing changes; under the strict reading of the ten days, which asks
// that the tenth has ended, exactly what is ten days old.
func replayBatch(t *testing.T, dir string, c app.Config, results []demo.Result) {
	t.Helper()
	attempts, tenDaysOld := 0, ""
	for _, r := range results {
		attempts += max(r.Item.Attempts, 1)
		if r.Item.Name == "ten-days-old" {
			tenDaysOld = r.Attempt.ID
		}
	}
	tool := program("realname")
	run := func(arguments ...string) string {
		cmd := exec.Command(tool, append([]string{"replay"}, arguments...)...)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+c.Postgres.URL, "RULES_FILE="+c.Rules.File)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("replay: %v\n%s", err, out)
		}
		return string(out)
	}
	if same := run(); !strings.Contains(same, fmt.Sprintf("0 of %d would change", attempts)) {
		t.Errorf("the same rules:\n%s", same)
	}
	strict := filepath.Join(dir, "strict.yaml")
	if err := os.WriteFile(strict, []byte("profiles:\n  - name: default\n    age: {full_last_day: true}\n    authority: {default: required}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := run("--rules", strict)
	flipped := regexp.MustCompile(`(?m)^[0-9a-f]{8}-[0-9a-f-]{27}`).FindAllString(out, -1)
	if len(flipped) != 1 || flipped[0] != tenDaysOld || !strings.Contains(out, fmt.Sprintf("1 of %d would change", attempts)) {
		t.Errorf("the strict option, %s alone is ten days old:\n%s", tenDaysOld, out)
	}
	t.Logf("%s", out)
}
