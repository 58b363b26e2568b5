package remote

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"realname/internal/netguard"
)

func TestRetryAfterIsASpanOrADateAndHasAnEnd(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "0": 0, "-5": 0, "": 0, "soon": 0, "99999999999": time.Hour,
		now.Add(30 * time.Minute).Format(http.TimeFormat): 30 * time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
		"Fri, 31 Dec 9999 23:59:59 GMT":                   time.Hour,
	} {
		if got := RetryAfter(header, now, time.Hour); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

// Rule: the words are ours, whatever the error holds.
func TestACauseIsOneOfOurWords(t *testing.T) {
	for err, want := range map[error]Cause{
		fmt.Errorf("dial: %w", netguard.ErrForbidden):                          Forbidden,
		x509.HostnameError{Certificate: &x509.Certificate{}, Host: "secret"}:   BadCertificate,
		&net.DNSError{Err: "no such host", Name: "secret", Server: "10.0.0.1"}: NoSuchName,
		context.DeadlineExceeded:                                               Silent,
		&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}:                    Refused,
		errors.New("malformed HTTP response \"secret\""):                       Broken,
	} {
		got := CauseOf(&url.Error{Op: "Post", URL: "https://secret", Err: err})
		if got != want || strings.Contains(string(got), "secret") {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
