package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"realname/internal/netguard"
)

// fault is why a try gave no answer, in words that hold nothing of what was asked.
type fault struct {
	cause string
	again time.Time // not before then; zero when the source does not say
	final bool      // another try now would meet the same
	spent bool      // the day's quota has no room for so many questions
}

func (f fault) Error() string { return f.cause }

// faultOf names an error of the way. The error itself could hold the URL, and so a
// number.
func faultOf(err error) fault {
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case errors.As(err, &certificate), errors.As(err, &host):
		return fault{cause: "its certificate was not accepted", final: true}
	case errors.As(err, &alert):
		return fault{cause: "it did not accept our certificate", final: true}
	case errors.Is(err, netguard.ErrForbidden):
		return fault{cause: "its address is not public; list its network under allow", final: true}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fault{cause: "it did not answer in time"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return fault{cause: "it refused the connection"}
	}
	return fault{cause: "the connection broke"}
}

// statusFault is a status that is no answer.
func statusFault(r *http.Response, now time.Time) fault {
	f := fault{cause: fmt.Sprintf("it answered with status %d", r.StatusCode), final: r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests}
	if at := retryAt(r.Header.Get("Retry-After"), now); at.After(now) {
		f.again, f.final = at, true
	}
	return f
}

// longestRetry is the most that a source may put us off: deadlines are days.
const longestRetry = 30 * 24 * time.Hour

// retryAt reads both forms of a Retry-After; zero when it is neither.
func retryAt(header string, now time.Time) time.Time {
	latest := now.Add(longestRetry)
	at, err := http.ParseTime(header)
	if s, failed := strconv.Atoi(header); failed == nil && s > int(longestRetry/time.Second) {
		at = latest
	} else if failed == nil {
		at = now.Add(time.Duration(s) * time.Second)
	} else if err != nil {
		return time.Time{}
	}
	if at.After(latest) {
		return latest
	}
	return at
}
