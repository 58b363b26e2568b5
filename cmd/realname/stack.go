package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"realname/internal/app"
	"realname/internal/demo"
)

// up runs the stack until the context ends.
func up(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("up", flag.ContinueOnError)
	dir := f.String("dir", "", "keep everything in this directory; a temporary one that is removed when empty")
	listen := f.String("listen", "127.0.0.1:8080", "address of the API")
	webhook := f.String("webhook", "", "URL on this machine that gets the webhooks")
	processes := f.Bool("processes", false, "run each service as a process of its own, as in production")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	where, clean, err := stackDir(*dir)
	if err != nil {
		return exitOurs, err
	}
	defer clean()
	s, err := demo.StartStack(ctx, demo.Options{Dir: where, Listen: *listen, Webhook: *webhook, Log: app.LogConfig{Level: "info", Format: "text"}})
	if err != nil {
		return exitOurs, err
	}
	defer s.Stop()
	fmt.Printf("API       %s\nkey       %s\nmails     %s\ndatabase  %s\n", s.URL, s.Key, s.Mails, s.Config.Postgres.URL)
	if s.Password != "" {
		fmt.Printf("console   %s/console/ as %s with the one-time password %s\n", s.URL, demo.Admin, s.Password)
	}
	if *webhook != "" {
		fmt.Printf("webhook   %s, signed with %s\n", *webhook, s.Secret)
	}
	fmt.Println("running until Ctrl-C")
	run := s.Run
	if *processes {
		run = func(ctx context.Context) error { return runProcesses(ctx, s) }
	}
	if err := run(ctx); err != nil {
		return exitOurs, err
	}
	return exitOK, nil
}

// stackDir makes a directory of the stack that the account which Postgres runs
// as can pass through. Its path must be short: it holds a Unix socket.
func stackDir(dir string) (string, func(), error) {
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err == nil {
			err = os.MkdirAll(abs, 0o711)
		}
		if err != nil {
			return "", nil, fmt.Errorf("make directory: %w", err)
		}
		return abs, func() {}, nil
	}
	tmp, err := os.MkdirTemp("", "realname-")
	if err == nil {
		err = os.Chmod(tmp, 0o711)
	}
	if err != nil {
		return "", nil, fmt.Errorf("make temporary directory: %w", err)
	}
	return tmp, func() { _ = os.RemoveAll(tmp) }, nil
}

// runDemo sends the demo batch through a fresh stack.
func runDemo(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("demo", flag.ContinueOnError)
	out := f.String("out", "out/demo", "directory of the mails that were sent")
	verbose := f.Bool("v", false, "show the services' logs")
	limit := f.Duration("limit", 5*time.Minute, "give up after this long")
	if err := parse(f, args); err != nil {
		return exitUsage, err
	}
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	results, took, err := demoBatch(ctx, *out, *verbose)
	if err != nil {
		return exitOurs, err
	}
	good := demo.Print(os.Stdout, results)
	fmt.Printf("\n%d of %d as expected, in %.1f s; mails are in %s\n", good, len(results), took.Seconds(), *out)
	if good != len(results) {
		return exitRejected, nil
	}
	return exitOK, nil
}

func demoBatch(ctx context.Context, out string, verbose bool) ([]demo.Result, time.Duration, error) {
	start := time.Now()
	dir, clean, err := stackDir("")
	if err != nil {
		return nil, 0, err
	}
	defer clean()
	receiver, err := demo.StartReceiver()
	if err != nil {
		return nil, 0, fmt.Errorf("start receiver: %w", err)
	}
	defer receiver.Stop()
	log := app.LogConfig{Level: "error", Format: "text"}
	if verbose {
		log.Level = "info"
	}
	s, err := demo.StartStack(ctx, demo.Options{Dir: dir, Listen: "127.0.0.1:0", Webhook: receiver.URL, Log: log})
	if err != nil {
		return nil, 0, err
	}
	defer s.Stop()
	fmt.Fprintf(os.Stderr, "stack is up after %.1f s; sending the batch\n", time.Since(start).Seconds())
	results, err := sendBatch(ctx, s, receiver)
	if err != nil {
		return nil, 0, err
	}
	return results, time.Since(start), copyMails(s.Mails, out)
}

// sendBatch runs the services for as long as the batch takes.
func sendBatch(ctx context.Context, s *demo.Stack, r *demo.Receiver) (results []demo.Result, err error) {
	running, stop := context.WithCancel(ctx)
	g, running := errgroup.WithContext(running)
	g.Go(func() error { return s.Run(running) })
	g.Go(func() (err error) {
		defer stop()
		c := demo.Client{URL: s.URL, Key: s.Key}
		if err := c.Await(running); err != nil {
			return err
		}
		results, err = demo.Send(running, c, r, demo.Items(time.Now()))
		return err
	})
	return results, g.Wait()
}

// copyMails replaces the mails of the last run.
func copyMails(from, to string) error {
	old, _ := filepath.Glob(filepath.Join(to, "*.eml")) // the pattern is well formed
	for _, name := range old {
		_ = os.Remove(name)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copy mails: %w", err)
	}
	return nil
}
