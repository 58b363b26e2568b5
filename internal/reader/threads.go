package reader

import (
	"fmt"
	"os"
	"syscall"

	"realname/internal/reader/tess"
)

// ErrThreads means that the process was started without OMP_THREAD_LIMIT=1;
// see EnsureThreads.
var ErrThreads = tess.ErrThreads

// EnsureThreads starts the program again with OMP_THREAD_LIMIT=1 when that is
// not set. OpenMP reads the variable before main runs, so setting it later has
// no effect, and without it reading costs four times the processor time. Mains
// call it first. On success it either returns at once or never.
func EnsureThreads() error {
	if os.Getenv("OMP_THREAD_LIMIT") == "1" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find own program to start it again with OMP_THREAD_LIMIT=1: %w", err)
	}
	if err := os.Setenv("OMP_THREAD_LIMIT", "1"); err != nil {
		return fmt.Errorf("set OMP_THREAD_LIMIT: %w", err)
	}
	return fmt.Errorf("start again with OMP_THREAD_LIMIT=1: %w", syscall.Exec(self, os.Args, os.Environ()))
}
