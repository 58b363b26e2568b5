package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// What the README promises first: one command runs the whole path in one process,
// and every outcome is as expected and told.
func TestTheDemoEndsAsExpected(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program("realname"), "demo")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(" as expected")) {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-4000):])
	}
}
