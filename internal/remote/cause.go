package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	"realname/internal/netguard"
)

// Cause is why there was no answer. The error itself may hold the address, and so a
// number or a secret, our resolver's address, or what a hostile server sent.
type Cause string

// The causes, said of the other side.
const (
	Forbidden      Cause = "its address is not public or its port not permitted"
	BadCertificate Cause = "its certificate was not accepted"
	Unwanted       Cause = "it did not accept our certificate"
	NoSuchName     Cause = "its name leads nowhere"
	Silent         Cause = "it did not answer in time"
	Refused        Cause = "it refused the connection"
	Broken         Cause = "the connection broke"
)

// CauseOf names the cause of a failed request; Broken for whatever has no name here.
func CauseOf(err error) Cause {
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	var alert tls.AlertError
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return Forbidden
	case errors.As(err, &certificate), errors.As(err, &host):
		return BadCertificate
	case errors.As(err, &alert):
		return Unwanted
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Silent
	case errors.As(err, &name):
		return NoSuchName
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	}
	return Broken
}

// Lasting reports whether another try now would meet the same.
func (c Cause) Lasting() bool { return c == Forbidden || c == BadCertificate || c == Unwanted }
