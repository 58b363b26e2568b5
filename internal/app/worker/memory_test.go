package worker

import (
	"runtime/debug"
	"testing"

	"github.com/rs/zerolog"

	"realname/internal/app"
)

// Rule: only a worker that has its process to itself bounds its memory. In a process
// that runs everything the limit is below what is in use, and half of all time goes
// into collecting garbage.
func TestOnlyAWorkerAloneBoundsItsMemory(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	// Neither gets far without a database.
	if err := Run(t.Context(), app.Config{}, zerolog.Nop()); err == nil {
		t.Fatal("it runs without a database")
	}
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("beside others: the limit became %d", got)
	}
	c := app.Config{Worker: app.WorkerConfig{Parallel: 2, Express: 1}}
	if err := Alone(t.Context(), c, zerolog.Nop()); err == nil {
		t.Fatal("it runs without a database")
	}
	if got, want := debug.SetMemoryLimit(-1), int64(programBytes+3*reviewBytes); got != want {
		t.Errorf("alone: the limit is %d, want %d", got, want)
	}
}
