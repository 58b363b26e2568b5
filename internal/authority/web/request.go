package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/template"
	"time"

	"realname/internal/authority"
)

// asked is what templates know of one question.
type asked struct {
	Name, Number, Type, Holder, Issued, Reference string
}

// sheet is what templates know.
type sheet struct {
	asked
	Timestamp int64
	Time      string
	Nonce     string
	Body      string
	Questions []asked
}

func newSheet(list []authority.Question, now time.Time) sheet {
	s := sheet{Timestamp: now.Unix(), Time: now.UTC().Format(time.RFC3339), Nonce: rand.Text()}
	for _, q := range list {
		s.Questions = append(s.Questions, asked{q.Name, q.Number, string(q.Type), string(q.Holder), q.Issued.String(), q.Reference})
	}
	s.asked = s.Questions[0]
	return s
}

var functions = template.FuncMap{
	"json": func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	},
	"query":  url.QueryEscape,
	"upper":  strings.ToUpper,
	"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"sha256": func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) },
}

// form is a request's templates.
type form struct {
	method    string
	url, body *template.Template
	headers   map[string]*template.Template
	over      *template.Template // nil: the body
	sign      Signing
	key       []byte
}

func parse(key, text string) (*template.Template, error) {
	t, err := template.New(key).Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return t, nil
}

func newForm(c Config, address, body string, key []byte) (form, error) {
	f := form{method: c.Method, headers: map[string]*template.Template{}, sign: c.Sign, key: key}
	var errs []error
	keep := func(name, text string) *template.Template {
		t, err := parse(name, text)
		errs = append(errs, err)
		return t
	}
	f.url, f.body = keep("url", address), keep("body", body)
	for name, text := range c.Headers {
		f.headers[name] = keep("headers."+name, text)
	}
	if c.Sign.Over != "" {
		f.over = keep("sign.over", c.Sign.Over)
	}
	return f, errors.Join(errs...)
}

func fill(t *template.Template, s sheet) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return "", fmt.Errorf("fill template %s: it does not fit what is asked", t.Name()) // the error could hold values
	}
	return b.String(), nil
}

// request fills the templates and signs the result.
func (f form) request(s sheet) (*http.Request, error) {
	address, err := fill(f.url, s)
	if err != nil {
		return nil, err
	}
	if s.Body, err = fill(f.body, s); err != nil {
		return nil, err
	}
	req, err := http.NewRequest(f.method, address, bytes.NewReader([]byte(s.Body)))
	if err != nil {
		return nil, errors.New("the url is none once it is filled in")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	for name, t := range f.headers {
		value, err := fill(t, s)
		if err != nil {
			return nil, err
		}
		req.Header.Set(name, value)
	}
	return req, f.signed(req, s)
}

func (f form) signed(req *http.Request, s sheet) error {
	switch f.sign.Kind {
	case "bearer":
		req.Header.Set(f.sign.Header, "Bearer "+string(f.key))
	case "hmac-sha256":
		over := s.Body
		if f.over != nil {
			var err error
			if over, err = fill(f.over, s); err != nil {
				return err
			}
		}
		mac := hmac.New(sha256.New, f.key)
		mac.Write([]byte(over))
		encode := hex.EncodeToString
		if f.sign.Base64 {
			encode = base64.StdEncoding.EncodeToString
		}
		req.Header.Set(f.sign.Header, f.sign.Prefix+encode(mac.Sum(nil)))
	}
	return nil
}

// secret reads the key or token of a signature.
func (s Signing) secret() ([]byte, error) {
	switch s.Kind {
	case "":
		return nil, nil
	case "bearer", "hmac-sha256":
	default:
		return nil, fmt.Errorf("sign.kind is %q, want bearer or hmac-sha256", s.Kind)
	}
	if s.Key != "" {
		data, err := os.ReadFile(s.Key)
		if err != nil {
			return nil, fmt.Errorf("sign.key_file: %w", err)
		}
		return nonEmpty("sign.key_file", bytes.TrimSpace(data))
	}
	return nonEmpty("sign.key_env", []byte(os.Getenv(s.KeyEnv)))
}

func nonEmpty(key string, secret []byte) ([]byte, error) {
	if len(secret) == 0 {
		return nil, fmt.Errorf("%s names nothing that holds a key", key)
	}
	return secret, nil
}
