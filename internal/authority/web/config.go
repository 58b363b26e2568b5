package web

import (
	"net/netip"
	"time"

	"realname/internal/review"
)

// Config is one source. Texts that are templates (text/template) know .Name,
// .Number, .Type, .Holder, .Issued (2026-01-31 or empty), .Reference, .Timestamp
// (Unix seconds), .Time (RFC 3339) and .Nonce, those of a signature .Body, those of
// a bulk request .Questions; functions are json, query, base64, sha256 and upper.
type Config struct {
	URL     string            `yaml:"url"`     // template
	Method  string            `yaml:"method"`  // POST when empty
	Headers map[string]string `yaml:"headers"` // templates
	Body    string            `yaml:"body"`    // template
	Sign    Signing           `yaml:"sign"`
	TLS     TLS               `yaml:"tls"`
	// Allow lists networks that may be dialled although they are not public.
	Allow []netip.Prefix `yaml:"allow"`

	Timeout time.Duration `yaml:"timeout"` // of one try; 5s when empty
	Tries   int           `yaml:"tries"`   // 3 when empty
	Breaker Breaker       `yaml:"breaker"`
	Limits  Limits        `yaml:"limits"`
	Price   float64       `yaml:"price"` // of one question, in whatever currency the contract has

	Answer Answer `yaml:"answer"`
	// Statuses are HTTP statuses that are an answer by themselves, such as 404:
	// not_found. None says that somebody matches or does not: a page of a proxy has one, too.
	Statuses map[int]review.AuthorityResult `yaml:"statuses"`

	// Cache is how long an answer of each result is good for; unavailable and
	// pending are never kept. It lives in memory, so that no identity data are stored.
	Cache map[review.AuthorityResult]time.Duration `yaml:"cache"`
	Bulk  Bulk                                     `yaml:"bulk"`
}

// Signing proves who asks.
type Signing struct {
	Kind   string `yaml:"kind"`     // empty, bearer, or hmac-sha256
	KeyEnv string `yaml:"key_env"`  // environment variable that holds the key or token, or
	Key    string `yaml:"key_file"` // file that holds it
	Header string `yaml:"header"`   // of the signature; Authorization when empty
	Prefix string `yaml:"prefix"`   // before the signature
	Over   string `yaml:"over"`     // template of what is signed; the body when empty
	Base64 bool   `yaml:"base64"`   // the signature is written in base64, not in hex
}

// TLS names files in PEM. Certificate and key are read anew for every connection,
// so that they can be replaced while the program runs.
type TLS struct {
	CA         string `yaml:"ca"` // who may have signed the source's certificate; the system's when empty
	Cert       string `yaml:"cert"`
	Key        string `yaml:"key"`
	ServerName string `yaml:"server_name"`
}

// Breaker leaves a source alone that fails.
type Breaker struct {
	Failures uint32        `yaml:"failures"` // in a row, until it is left alone; 5 when empty
	Rest     time.Duration `yaml:"rest"`     // for how long; 30s when empty
}

// Limits are the contract's.
type Limits struct {
	PerSecond float64 `yaml:"per_second"` // of one worker; 0 for no limit
	PerDay    int     `yaml:"per_day"`    // of all workers, by the calendar of Shanghai; 0 for no limit
}

// Answer says where in a JSON answer everything stands; paths are JSONPath.
type Answer struct {
	// OK is where an answer says that the question was understood, and the words for
	// it: without them nothing else is read. A source that fails may send its usual
	// fields all the same.
	OK struct {
		Path  string   `yaml:"path"`
		Words []string `yaml:"words"`
	} `yaml:"ok"`
	Result    string                            `yaml:"result"`
	Words     map[string]review.AuthorityResult `yaml:"words"` // what stands there, and what it means
	Field     string                            `yaml:"field"` // what does not match; may be empty, as all below
	Fields    map[string]review.Field           `yaml:"fields"`
	Reference string                            `yaml:"reference"`
	Since     string                            `yaml:"since"`     // date of a revocation
	AskAgain  string                            `yaml:"ask_again"` // seconds until a pending answer is ready
}

// Bulk asks many questions in one request.
type Bulk struct {
	URL   string        `yaml:"url"`   // template; no bulk when empty
	Body  string        `yaml:"body"`  // template over .Questions
	Items string        `yaml:"items"` // path of the list of answers; Answer's paths begin at each item
	ID    string        `yaml:"id"`    // path in an item of the question's .Reference
	Max   int           `yaml:"max"`   // questions in a request; 100 when empty
	Wait  time.Duration `yaml:"wait"`  // how long a question waits for others; 20ms when empty
}

func (c Config) withDefaults() Config {
	or := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	or(&c.Timeout, 5*time.Second)
	or(&c.Breaker.Rest, 30*time.Second)
	or(&c.Bulk.Wait, 20*time.Millisecond)
	if c.Method == "" {
		c.Method = "POST"
	}
	if c.Tries == 0 {
		c.Tries = 3
	}
	if c.Breaker.Failures == 0 {
		c.Breaker.Failures = 5
	}
	if c.Bulk.Max == 0 {
		c.Bulk.Max = 100
	}
	if c.Sign.Header == "" {
		c.Sign.Header = "Authorization"
	}
	return c
}
