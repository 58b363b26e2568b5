package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
)

// Bus is a connection to NATS.
type Bus struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	replicas int
	log      zerolog.Logger
}

// Connect connects and keeps connecting for ever. A server that is down is no
// error here: what waits, waits in Postgres.
func Connect(url string, replicas int, log zerolog.Logger) (*Bus, error) {
	nc, err := nats.Connect(url,
		nats.Name("realname"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(250*time.Millisecond), nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.Warn().AnErr("cause", err).Msg("NATS disconnected") }),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info().Msg("NATS reconnected") }))
	if err != nil {
		return nil, errors.New("NATS_URL cannot be used: want nats://host:port") // the value may hold a password
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	return &Bus{nc: nc, js: js, replicas: replicas, log: log}, nil
}

// Close ends the connection after what was sent has left.
func (b *Bus) Close() {
	_ = b.nc.FlushTimeout(time.Second)
	b.nc.Close()
}

// Connected reports whether the server answers just now.
func (b *Bus) Connected() bool { return b.nc.IsConnected() }

// Ensure makes every stream and consumer match its declaration.
func (b *Bus) Ensure(ctx context.Context) error {
	for _, q := range queues {
		if _, err := b.ensure(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
