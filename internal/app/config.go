package app

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is every setting of the three services, read from the environment.
// Nothing has a default password. A service ignores what it does not use.
type Config struct {
	Log      LogConfig
	Postgres PostgresConfig
	NATS     NATSConfig
	S3       S3Config
	Seal     SealConfig
	HTTP     HTTPConfig
	Worker   WorkerConfig
	Batch    BatchConfig
	Mail     MailConfig
	Webhook  WebhookConfig
	Notifier NotifierConfig
	Rules    RulesConfig
	Trace    TraceConfig
	Fair     FairConfig
	OpenID   OpenIDConfig

	Authority AuthorityConfig
}

// LogConfig says what is logged and how.
type LogConfig struct {
	Level  string `env:"LOG_LEVEL" envDefault:"info"`  // debug, info, warn, error
	Format string `env:"LOG_FORMAT" envDefault:"json"` // json, or text for people
}

// PostgresConfig reaches the database.
type PostgresConfig struct {
	URL string `env:"DATABASE_URL,required,notEmpty"`
	// Set by "realname migrate" for the accounts that the services log in with.
	IngestPassword string `env:"POSTGRES_INGEST_PASSWORD"` // of realname_ingest
	WorkerPassword string `env:"POSTGRES_WORKER_PASSWORD"` // of realname_worker, for worker and notifier
}

// NATSConfig reaches NATS.
type NATSConfig struct {
	URL      string `env:"NATS_URL,required,notEmpty"`
	Replicas int    `env:"NATS_REPLICAS" envDefault:"1"` // of every stream
}

// S3Config reaches the bucket of the documents. Who opens none, as the notifier,
// needs none of it.
type S3Config struct {
	Endpoint  string `env:"S3_ENDPOINT"` // host:port
	Bucket    string `env:"S3_BUCKET" envDefault:"realname"`
	AccessKey string `env:"S3_ACCESS_KEY"`
	SecretKey string `env:"S3_SECRET_KEY"`
	Region    string `env:"S3_REGION" envDefault:"us-east-1"`
	TLS       bool   `env:"S3_TLS" envDefault:"true"`
}

// SealConfig is the key that documents are sealed with; one of the two must be set.
// Ingest may be given the half that only seals: it then takes submissions, but can
// neither read batches nor show documents.
type SealConfig struct {
	Key     string `env:"SEAL_KEY"`      // what "realname seal-key" printed
	KeyFile string `env:"SEAL_KEY_FILE"` // a file that holds it
}

// HTTPConfig is where the services listen.
type HTTPConfig struct {
	Listen    string `env:"LISTEN" envDefault:":8080"`     // the API, ingest only
	OpsListen string `env:"OPS_LISTEN" envDefault:":9090"` // health, readiness and metrics
}

// WorkerConfig sizes a worker.
type WorkerConfig struct {
	Parallel    int           `env:"WORKER_PARALLEL" envDefault:"0"` // reviews at once; 0 means one a core
	Express     int           `env:"WORKER_EXPRESS" envDefault:"1"`  // reviews beside them, of what came alone while all of them are taken
	DecodeBytes int64         `env:"WORKER_DECODE_BYTES" envDefault:"1073741824"`
	Lease       time.Duration `env:"WORKER_LEASE" envDefault:"60s"`   // how long a claim holds without a sign of life
	Longest     time.Duration `env:"WORKER_LONGEST" envDefault:"5m"`  // of one review; a worker that hangs in one ends itself
	Patience    time.Duration `env:"WORKER_PATIENCE" envDefault:"5m"` // not ready when attempts wait and none was taken for so long
}

// BatchConfig is how ingest reads batches.
type BatchConfig struct {
	Lease   time.Duration `env:"BATCH_LEASE" envDefault:"2m"`  // how long one stays claimed without a sign of life
	Readers int           `env:"BATCH_READERS" envDefault:"4"` // read at once; every other reader takes those of up to 64 MiB only
}

// MailConfig is how mail leaves; without a host no mail is sent.
type MailConfig struct {
	Host      string `env:"SMTP_HOST"`
	Port      int    `env:"SMTP_PORT" envDefault:"587"`
	User      string `env:"SMTP_USER"`
	Password  string `env:"SMTP_PASSWORD"`
	From      string `env:"SMTP_FROM"`
	PlainText bool   `env:"SMTP_PLAINTEXT" envDefault:"false"` // allow a relay without STARTTLS
	CA        string `env:"SMTP_CA"`                           // PEM file of the server's authority, when it is one's own
	// Return is the address that undeliverable mails come back to (with +id behind its
	// local part); the notifier takes them by SMTP where BounceListen says.
	Return       string `env:"SMTP_RETURN_PATH"`
	BounceListen string `env:"BOUNCE_LISTEN"`
}

// WebhookConfig says which receivers are reached beside public ones.
type WebhookConfig struct {
	Allow []netip.Prefix `env:"WEBHOOK_ALLOW"` // networks on the operator's own premises, comma-separated
}

// AuthorityConfig says who is asked what only an issuing body can say.
type AuthorityConfig struct {
	File     string `env:"AUTHORITY_FILE"`                     // YAML of the sources; nobody is asked when empty
	Parallel int    `env:"AUTHORITY_PARALLEL" envDefault:"16"` // questions at once
}

// NotifierConfig is how deliveries are made.
type NotifierConfig struct {
	// Lease is how long a delivery stays with a notifier that says nothing; what a
	// killed one had under way is sent again after it. Longer than any receiver may take.
	Lease time.Duration `env:"DELIVERY_LEASE" envDefault:"60s"`
}

// RulesConfig overrides the built-in rules.
type RulesConfig struct {
	File     string `env:"RULES_FILE"`       // YAML; empty means the built-in rules alone
	Patterns string `env:"VERDICT_PATTERNS"` // YAML of what a registry's words mean; empty means the built-in ones
}

// FairConfig says who goes first when more waits than can run.
type FairConfig struct {
	UrgentWithin time.Duration  `env:"FAIR_URGENT_WITHIN" envDefault:"1h"` // what is due sooner goes before all
	Interactive  int            `env:"FAIR_INTERACTIVE" envDefault:"9"`    // how many that came alone go for one of a batch
	Tenants      map[string]int `env:"FAIR_TENANTS"`                       // weights as acme:3,other:2; 1 for the others
}

// OpenIDConfig is the provider by which people may sign in to the console; there is
// none without an issuer.
type OpenIDConfig struct {
	Issuer     string   `env:"OIDC_ISSUER"`
	ClientID   string   `env:"OIDC_CLIENT_ID"`
	Secret     string   `env:"OIDC_CLIENT_SECRET"`
	SecretFile string   `env:"OIDC_CLIENT_SECRET_FILE"` // a file that holds it
	Scopes     []string `env:"OIDC_SCOPES" envDefault:"profile,email"`
	RolesClaim string   `env:"OIDC_ROLES_CLAIM"` // such as groups, or realm_access.roles
	Roles      []string `env:"OIDC_ROLES"`       // what its values give, as staff=acme:viewer,leads=acme:admin; nothing for the others
	Console    string   `env:"CONSOLE_URL"`      // where people reach the console: https://realname.example
}

// TraceConfig says where traces go; without an endpoint there are none.
type TraceConfig struct {
	Endpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"` // URL of a collector, OTLP over HTTP
}

// FromEnvironment reads the configuration; its error names every setting that
// is missing or wrong.
func FromEnvironment() (Config, error) {
	c, err := env.ParseAs[Config]()
	if err != nil {
		return Config{}, fmt.Errorf("read configuration from the environment: %w", err)
	}
	return c, nil
}

// Default is what is set when nothing is, for a stack that reads no environment; where
// the servers are stays open.
func Default() (Config, error) {
	c, err := env.ParseAsWithOptions[Config](env.Options{Environment: map[string]string{"DATABASE_URL": "unset", "NATS_URL": "unset"}})
	if err != nil {
		return Config{}, fmt.Errorf("read default configuration: %w", err)
	}
	c.Postgres.URL, c.NATS.URL = "", ""
	return c, nil
}

// Variables lists the names of all settings, for the checks of deployment files.
func Variables() ([]string, error) {
	params, err := env.GetFieldParams(&Config{})
	if err != nil {
		return nil, fmt.Errorf("list settings: %w", err)
	}
	names := make([]string, 0, len(params))
	for _, p := range params {
		names = append(names, p.Key)
	}
	return names, nil
}
