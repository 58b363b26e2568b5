package remote

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter is how long a server asks to be left alone, by either form of the header
// (RFC 9110, 10.2.3), at most so long; 0 when it asks for nothing.
func RetryAfter(header string, now time.Time, most time.Duration) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(most/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), most)
}
