package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"realname/internal/app"
	"realname/internal/app/worker"
	"realname/internal/auth"
	"realname/internal/console"
	"realname/internal/desk"
	"realname/internal/devstack"
	"realname/internal/notify"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/seal"
	"realname/migrations"
)

// Tenant is the one that a fresh stack has.
const Tenant = "demo"

// Options say where a stack lives and listens.
type Options struct {
	Dir     string // holds everything
	Listen  string // of the API; host:port, port 0 for a free one
	Webhook string // where deliveries go beside mail; empty for none
	Log     app.LogConfig
}

// Stack is everything on one machine.
type Stack struct {
	Config app.Config
	URL    string // of the API
	Key    string // with all scopes
	Secret string // of the webhook
	Mails  string // directory of the mails
	// Password is the one-time one of the console's admin; empty when there was an
	// admin already.
	Password string

	pg   *devstack.Postgres
	nats *devstack.NATS
	s3   *devstack.S3
	smtp *devstack.SMTP

	authority *devstack.Authority
	opts      Options
}

// StartStack starts the servers and prepares the database. The services run
// with Run.
func StartStack(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{opts: o, Mails: filepath.Join(o.Dir, "mail")}
	if err := s.startServers(); err != nil {
		s.Stop()
		return nil, err
	}
	if err := s.configure(); err != nil {
		s.Stop()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Stack) startServers() error {
	for _, d := range []string{"postgres", "nats", "s3"} {
		if err := os.MkdirAll(filepath.Join(s.opts.Dir, d), 0o700); err != nil {
			return fmt.Errorf("make directory of the stack: %w", err)
		}
	}
	var err error
	if s.pg, err = devstack.StartPostgres(filepath.Join(s.opts.Dir, "postgres"), false); err != nil {
		return err
	}
	if s.nats, err = devstack.StartNATS(filepath.Join(s.opts.Dir, "nats")); err != nil {
		return err
	}
	if s.s3, err = devstack.StartS3(filepath.Join(s.opts.Dir, "s3")); err != nil {
		return err
	}
	if s.smtp, err = devstack.StartSMTP(s.Mails); err != nil {
		return err
	}
	s.authority, err = devstack.StartAuthority(filepath.Join(s.opts.Dir, "authority"))
	return err
}

func (s *Stack) configure() error {
	listen, err := freePort(s.opts.Listen)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(s.smtp.Address)
	if err != nil {
		return fmt.Errorf("split mail address: %w", err)
	}
	mailPort, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("read mail port: %w", err)
	}
	key, err := s.sealKey()
	if err != nil {
		return err
	}
	s.URL = "http://" + listen
	c, err := app.Default() // a setting that is added later has its default here, too
	if err != nil {
		return err
	}
	c.Log, c.Postgres.URL, c.NATS.URL, c.Seal.Key = s.opts.Log, s.pg.URL("postgres"), s.nats.URL, key
	c.S3.Endpoint, c.S3.AccessKey, c.S3.SecretKey, c.S3.TLS = s.s3.Address, s.s3.AccessKey, s.s3.SecretKey, false
	c.HTTP = app.HTTPConfig{Listen: listen, OpsListen: "127.0.0.1:0"}
	c.Mail.Host, c.Mail.Port, c.Mail.From, c.Mail.PlainText = host, mailPort, "Realname <noreply@realname.example>", true
	c.Rules.File = filepath.Join(s.opts.Dir, "rules.yaml")
	c.Authority.File, c.Authority.Parallel = s.authority.Config(), 16
	c.Webhook.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s.Config = c
	return os.WriteFile(s.Config.Rules.File, []byte(stackRules), 0o600)
}

// stackRules are those of the stack: every document is asked about at the stand-in.
const stackRules = `profiles:
  - name: default
    authority: {default: required}
`

// sealKey is the stack's own, made at its first start.
func (s *Stack) sealKey() (string, error) {
	path := filepath.Join(s.opts.Dir, "seal.key")
	data, err := os.ReadFile(path)
	if err == nil {
		return string(data), nil
	}
	key, _, err := seal.NewKey()
	if err == nil {
		err = os.WriteFile(path, []byte(key), 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("make the stack's sealing key: %w", err)
	}
	return key, nil
}

// freePort replaces port 0 by one that is free just now.
func freePort(listen string) (string, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", listen, err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// prepare migrates, and makes the tenant, its key and its endpoints.
func (s *Stack) prepare(ctx context.Context) error {
	if err := migrations.Up(ctx, s.Config.Postgres.URL); err != nil {
		return err
	}
	store, closeStore, err := app.Store(ctx, s.Config)
	if err != nil {
		return err
	}
	defer closeStore()
	if err := store.EnsureTenant(ctx, Tenant, "Demo"); err != nil {
		return err
	}
	key, text := auth.NewKey(Tenant, auth.ScopeSubmit, auth.ScopeRead)
	if err := store.CreateAPIKey(ctx, key); err != nil {
		return err
	}
	s.Key, s.Secret = text, notify.NewSecret()
	if s.Password, err = firstAdmin(ctx, store); err != nil {
		return err
	}
	for name, e := range map[string]review.Endpoint{
		"mail": {Kind: review.Email, Enabled: true},
		"hook": {Kind: review.Webhook, Target: s.opts.Webhook, Secret: s.Secret, Enabled: s.opts.Webhook != ""},
	} {
		e.ID, e.Tenant = uuid.NewV5(uuid.NamespaceURL, "realname-demo-"+name).String(), Tenant
		if err := store.PutEndpoint(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Admin is the login of the console's first admin.
const Admin = "admin"

// firstAdmin makes the console's first admin unless there is one.
func firstAdmin(ctx context.Context, store *postgres.Store) (password string, err error) {
	u, password := console.NewPerson(Admin, "Admin", time.Now())
	_, err = store.Invite(ctx, Tenant, "first start", u, desk.Admin)
	if errors.Is(err, desk.ErrTaken) {
		return "", nil
	}
	return password, err
}

// Run runs the three services until ctx ends.
func (s *Stack) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for name, run := range map[string]app.Run{"ingest": app.Ingest, "worker": worker.Run, "notifier": app.Notifier} {
		log, err := app.NewLogger(name, s.Config.Log)
		if err != nil {
			return err
		}
		g.Go(func() error { return runService(ctx, s.Config, log, run) })
	}
	return g.Wait()
}

func runService(ctx context.Context, c app.Config, log zerolog.Logger, run app.Run) error {
	if err := run(ctx, c, log); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// Stop ends the servers; what they hold stays in the directory.
func (s *Stack) Stop() {
	if s.authority != nil {
		s.authority.Stop()
	}
	if s.smtp != nil {
		s.smtp.Stop()
	}
	if s.s3 != nil {
		s.s3.Stop()
	}
	if s.nats != nil {
		s.nats.Stop()
	}
	if s.pg != nil {
		s.pg.Stop()
	}
}

// Environ is the configuration as a service of its own reads it.
func (s *Stack) Environ() []string {
	c := s.Config
	return []string{
		"DATABASE_URL=" + c.Postgres.URL, "NATS_URL=" + c.NATS.URL,
		"S3_ENDPOINT=" + c.S3.Endpoint, "S3_BUCKET=" + c.S3.Bucket, "S3_ACCESS_KEY=" + c.S3.AccessKey,
		"S3_SECRET_KEY=" + c.S3.SecretKey, "S3_TLS=false",
		"SEAL_KEY=" + c.Seal.Key,
		"SMTP_HOST=" + c.Mail.Host, "SMTP_PORT=" + strconv.Itoa(c.Mail.Port), "SMTP_FROM=" + c.Mail.From, "SMTP_PLAINTEXT=true",
		"WEBHOOK_ALLOW=127.0.0.0/8", "RULES_FILE=" + c.Rules.File, "AUTHORITY_FILE=" + c.Authority.File,
		"LISTEN=" + c.HTTP.Listen, "OPS_LISTEN=127.0.0.1:0", "LOG_LEVEL=" + c.Log.Level, "LOG_FORMAT=" + c.Log.Format,
	}
}

// Authority is the stack's stand-in for an issuing body.
func (s *Stack) Authority() *devstack.Authority { return s.authority }

// Server is one server of the stack, which a test takes down and up again.
type Server interface {
	Stop()
	Start() error
}

// S3 is the stack's S3 gateway.
func (s *Stack) S3() Server { return s.s3 }

// NATS is the stack's NATS server.
func (s *Stack) NATS() Server { return s.nats }

// Postgres is the stack's database.
func (s *Stack) Postgres() Server { return s.pg }
