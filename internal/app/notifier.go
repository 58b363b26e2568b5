package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"realname/internal/bus"
	"realname/internal/netguard"
	"realname/internal/notify"
	"realname/internal/postgres"
	"realname/internal/review"
)

// Notifier tells registrants and registrars what was decided.
func Notifier(ctx context.Context, c Config, log zerolog.Logger) error {
	if c.Notifier.Lease <= 0 {
		return fmt.Errorf("DELIVERY_LEASE is %v, want longer than any receiver may take, such as 60s", c.Notifier.Lease)
	}
	store, closeStore, err := Store(ctx, c)
	if err != nil {
		return err
	}
	defer closeStore()
	b, err := Bus(c, log)
	if err != nil {
		return err
	}
	defer b.Close()
	rules, err := Rules(c)
	if err != nil {
		return err
	}
	senders, err := senders(c)
	if err != nil {
		return err
	}
	service := &notify.Service{Store: store, Catalogue: rules.Set, Senders: senders, Now: time.Now, Log: log, Lease: c.Notifier.Lease}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { Sweep(c, store, b, log).Run(ctx); return nil })
	g.Go(func() error { service.Run(ctx); return nil })
	g.Go(func() error { return bounces(ctx, c.Mail, store, log) })
	g.Go(func() error { b.Consume(ctx, bus.Deliveries, 1, heard); return nil })
	g.Go(func() error {
		return Ops(ctx, c.HTTP.OpsListen, map[string]func(context.Context) error{"postgres": store.Ping}, log)
	})
	return g.Wait()
}

// heard takes what workers of the version before this one still ring. Deliveries
// are found in the database.
func heard(context.Context, string) error { return nil }

// senders are the channels that are configured.
func senders(c Config) (map[review.EndpointKind]notify.Sender, error) {
	guard := netguard.Guard{Allow: c.Webhook.Allow}
	robot := notify.NewRobotSender(guard, time.Now)
	m := map[review.EndpointKind]notify.Sender{
		review.Webhook: notify.NewWebhookSender(guard, time.Now),
		review.WeCom:   robot, review.DingTalk: robot, review.Feishu: robot,
	}
	if c.Mail.Host == "" {
		return m, nil
	}
	roots, err := roots(c.Mail.CA)
	if err != nil {
		return nil, err
	}
	mail, err := notify.NewEmailSender(notify.EmailConfig{
		Host: c.Mail.Host, Port: c.Mail.Port, User: c.Mail.User, Password: c.Mail.Password, From: c.Mail.From,
		ReturnPath: c.Mail.Return, Roots: roots, PlainText: c.Mail.PlainText,
	})
	if err != nil {
		return nil, err
	}
	m[review.Email] = mail
	return m, nil
}

// roots are the authorities of the operator's own mail server; nil for the machine's.
func roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // that is what it means to crypto/tls
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read SMTP_CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read SMTP_CA: no certificate in %s", file)
	}
	return pool, nil
}

// bounces takes mails that come back until ctx ends, when that is asked for.
func bounces(ctx context.Context, c MailConfig, store *postgres.Store, log zerolog.Logger) error {
	if c.BounceListen == "" {
		return nil
	}
	if c.Return == "" {
		return errors.New("BOUNCE_LISTEN needs SMTP_RETURN_PATH, the address that mails come back to")
	}
	server := (&notify.Bounces{Returns: store, Address: c.Return, Log: log}).Server(c.BounceListen)
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("listen for bounces: %w", err)
	}
	return nil
}

// channels are what the API needs to know of them.
type channels struct{ allow []netip.Prefix }

func (c channels) CheckTarget(kind review.EndpointKind, target string) error {
	return notify.CheckTarget(kind, target, c.allow)
}

func (channels) NewSecret() string { return notify.NewSecret() }
