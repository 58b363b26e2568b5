package netguard

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"
)

// Cause says in fixed words why a request failed. The error itself may tell a
// stranger our resolver's address, what an inner name leads to, or whatever a
// hostile server sent.
func Cause(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case errors.Is(err, ErrForbidden):
		return "the address or port is not permitted"
	case errors.As(err, &name):
		return "the name leads nowhere"
	case errors.As(err, &certificate), errors.As(err, &host):
		return "the certificate was not accepted"
	case errors.As(err, &alert):
		return "the TLS handshake was refused"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	}
	return "the connection broke or the answer was not HTTP"
}
