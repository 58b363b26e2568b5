package web

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"realname/internal/netguard"
)

// newClient makes the client of one source: it dials what the guard permits, shows
// our certificate when there is one, and follows no redirect, since what is sent
// is for nobody else.
func newClient(c Config) (*http.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.TLS.ServerName}
	if c.TLS.CA != "" {
		pem, err := os.ReadFile(c.TLS.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.ca: %w", err)
		}
		if conf.RootCAs = x509.NewCertPool(); !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("tls.ca: holds no certificate in PEM")
		}
	}
	if c.TLS.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			return nil, fmt.Errorf("tls.cert and tls.key: %w", err)
		}
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
			return &pair, err
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: netguard.Guard{Allow: c.Allow, Only: inClear(c)}.Dialer(c.Timeout).DialContext, TLSClientConfig: conf,
			TLSHandshakeTimeout: c.Timeout, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// inClear reports whether a source is asked without TLS, which is for the operator's
// own networks only.
func inClear(c Config) bool {
	return strings.HasPrefix(c.URL, "http:") || strings.HasPrefix(c.Bulk.URL, "http:")
}
