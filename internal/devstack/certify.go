package devstack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certify makes an authority of certificates for one run, and with it the server's
// certificate and the client's, which the server wants.
func (s *Authority) certify() (*tls.Config, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make directory of the stand-in: %w", err)
	}
	ca, err := newIssuer()
	if err != nil {
		return nil, err
	}
	server, err := ca.issue("server", x509.ExtKeyUsageServerAuth)
	if err != nil {
		return nil, err
	}
	client, err := ca.issue("realname", x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, err
	}
	other, err := newIssuer() // for tests of a wrong certificate
	if err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{"ca.pem": ca.pem, "other-ca.pem": other.pem, "client.pem": client.cert, "client-key.pem": client.key, "hmac": []byte(s.key)} {
		if err := os.WriteFile(filepath.Join(s.dir, name), data, 0o600); err != nil {
			return nil, fmt.Errorf("keep certificate: %w", err)
		}
	}
	pair, err := tls.X509KeyPair(server.cert, server.key)
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}, nil
}

// issuer signs certificates that hold for a day.
type issuer struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

type keyPair struct{ cert, key []byte }

func newIssuer() (issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issuer{}, fmt.Errorf("make key: %w", err)
	}
	t := template("stand-in " + rand.Text()[:6])
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return issuer{}, fmt.Errorf("make certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	return issuer{key, cert, inPEM("CERTIFICATE", der)}, err
}

func (i issuer) issue(name string, use x509.ExtKeyUsage) (keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keyPair{}, fmt.Errorf("make key: %w", err)
	}
	t := template(name)
	t.ExtKeyUsage, t.IPAddresses = []x509.ExtKeyUsage{use}, []net.IP{net.IPv4(127, 0, 0, 1)}
	der, err := x509.CreateCertificate(rand.Reader, t, i.cert, key.Public(), i.key)
	if err != nil {
		return keyPair{}, fmt.Errorf("make certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	return keyPair{inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", secret)}, err
}

func template(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62)) // never fails
	now := time.Now()
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Config is the file that tells a worker how to ask the stand-in.
func (s *Authority) Config() string { return filepath.Join(s.dir, "authority.yaml") }

func (s *Authority) writeConfig() error {
	text := fmt.Sprintf(`sources:
  - name: stand-in
    http:
      url: %[1]s/v1/verify
      body: '{"name": {{json .Name}}, "number": {{json .Number}}, "kind": {{json .Type}}, "reference": {{json .Reference}}}'
      headers: {X-Timestamp: "{{.Timestamp}}"}
      sign: {kind: hmac-sha256, key_file: %[2]s/hmac, header: X-Signature, over: "{{.Timestamp}}\n{{.Body}}"}
      tls: {ca: %[2]s/ca.pem, cert: %[2]s/client.pem, key: %[2]s/client-key.pem}
      allow: [127.0.0.0/8]
      timeout: 2s
      tries: 2
      answer:
        result: $.data.code
        words: {match: match, mismatch: mismatch, none: not_found, revoked: revoked, cancelled: revoked, pending: pending}
        field: $.data.field
        fields: {name: name, number: number}
        reference: $.data.serial
        since: $.data.since
        ask_again: $.data.ask_again
      cache: {match: 10m, mismatch: 1m}
      price: 0.3
`, s.URL, s.dir)
	if err := os.WriteFile(s.Config(), []byte(text), 0o600); err != nil {
		return fmt.Errorf("keep the stand-in's configuration: %w", err)
	}
	return nil
}
