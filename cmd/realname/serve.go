package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"realname/internal/app"
	"realname/internal/app/worker"
	"realname/internal/demo"
)

// services are what one program can run as.
var services = map[string]app.Run{"ingest": app.Ingest, "worker": worker.Alone, "notifier": app.Notifier}

// serve runs one service as its own program does, configured by the environment.
func serve(_ context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	run, ok := services[f.Arg(0)]
	if !ok {
		return exitUsage, fmt.Errorf("usage: realname serve %s", strings.Join(slices.Sorted(maps.Keys(services)), "|"))
	}
	return app.Main(f.Arg(0), run), nil
}

// serveGrace is how long a service may take to stop.
const serveGrace = 15 * time.Second

// runProcesses runs every service of the stack as a process of its own until ctx ends.
func runProcesses(ctx context.Context, s *demo.Stack) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	for name := range services {
		cmd := exec.CommandContext(ctx, self, "serve", name)
		cmd.Env = append(os.Environ(), s.Environ()...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through us
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = serveGrace
		g.Go(func() error {
			if err := cmd.Run(); err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %w", name, err)
			} else if errors.Is(err, exec.ErrWaitDelay) {
				return fmt.Errorf("%s did not stop within %v", name, serveGrace)
			}
			return nil
		})
	}
	return g.Wait()
}
