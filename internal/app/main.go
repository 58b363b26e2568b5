package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/telemetry"
)

// Run is what a service does until its context ends.
type Run func(ctx context.Context, c Config, log zerolog.Logger) error

// Main runs a service until SIGINT or SIGTERM and returns its exit code: 0 for
// a stop that was asked for, 2 for a wrong configuration, 1 for anything else.
func Main(name string, run Run) int {
	c, err := FromEnvironment()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 2
	}
	log, err := NewLogger(name, c.Log)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	flush, err := telemetry.Start(ctx, name, c.Trace.Endpoint)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 2
	}
	defer flush()
	log.Info().Msg("started")
	if err := run(ctx, c, log); err != nil && !errors.Is(err, context.Canceled) {
		log.Error().Err(err).Msg("stopped")
		return 1
	}
	log.Info().Msg("stopped")
	return 0
}

// NewLogger makes the logger of a service. Logs go to standard error,
// without what looks like somebody's identity.
func NewLogger(service string, c LogConfig) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.Level)
	if err != nil {
		return zerolog.Nop(), fmt.Errorf("LOG_LEVEL is %q, want debug, info, warn or error", c.Level)
	}
	zerolog.TimeFieldFormat = time.RFC3339Nano
	switch c.Format {
	case "json":
		return zerolog.New(redactor{os.Stderr}).Level(level).With().Timestamp().Str("service", service).Logger(), nil
	case "text":
		out := zerolog.ConsoleWriter{Out: redactor{os.Stderr}, TimeFormat: time.TimeOnly, NoColor: !terminal(os.Stderr)}
		return zerolog.New(out).Level(level).With().Timestamp().Str("service", service).Logger(), nil
	}
	return zerolog.Nop(), fmt.Errorf("LOG_FORMAT is %q, want json or text", c.Format)
}

// terminal says whether a person looks at f: colours in a file make its words
// hard to find.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
