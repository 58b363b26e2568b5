package web

import (
	"fmt"
	"net/http"
	"time"

	"realname/internal/remote"
)

// fault is why a try gave no answer, in words that hold nothing of what was asked.
type fault struct {
	cause string
	again time.Time // not before then; zero when the source does not say
	final bool      // another try now would meet the same
	spent bool      // the day's quota has no room for so many questions
}

func (f fault) Error() string { return f.cause }

// faultOf names an error of the way.
func faultOf(err error) fault {
	why := remote.CauseOf(err)
	f := fault{cause: string(why), final: why.Lasting()}
	if why == remote.Forbidden {
		f.cause += "; list its network under allow"
	}
	return f
}

// longestRetry is the most that a source may put us off: deadlines are days.
const longestRetry = 30 * 24 * time.Hour

// statusFault is a status that is no answer.
func statusFault(r *http.Response, now time.Time) fault {
	f := fault{cause: fmt.Sprintf("it answered with status %d", r.StatusCode), final: r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests}
	if wait := remote.RetryAfter(r.Header.Get("Retry-After"), now, longestRetry); wait > 0 {
		f.again, f.final = now.Add(wait), true
	}
	return f
}
