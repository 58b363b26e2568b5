package notify

import (
	"math/rand/v2"
	"time"
)

// schedule is when the tries after the first follow, by the Standard Webhooks
// specification 1.0.0; all together it is three days and three and a half hours.
var schedule = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// mostLost is how many tries that ended with the notifier cost no place in the
// schedule: a restart is no failure of the endpoint's. A delivery that ends the
// notifier itself must come to its end all the same.
const mostLost = 10

// retryAt returns when to try again after the given number of failures, never
// earlier than the receiver asked for; zero when the schedule is used up. Up to
// a tenth is added so that receivers are not hit by everybody at once.
func retryAt(now time.Time, failures int, asked time.Duration) time.Time {
	if failures < 1 || failures > len(schedule) {
		return time.Time{}
	}
	wait := schedule[failures-1]
	wait += time.Duration(rand.Int64N(int64(wait)/10 + 1))
	return now.Add(max(wait, asked))
}
