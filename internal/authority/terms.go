package authority

import (
	"time"

	"realname/internal/review"
)

// Terms are how long and how often a document's issuing body is asked.
type Terms struct {
	Ask  bool // it is asked at all
	Wait bool // nobody is approved without its answer
	// Leave is kept before the deadline for a person, should no answer come.
	Leave time.Duration
	// Timeout is how long after the first time it is asked no more; 0 for no end.
	Timeout time.Duration
	// NewDays is how many days after its issue a document may be missing from the
	// data; it is asked for again after Again.
	NewDays int
	Again   time.Duration
}

// The first and the longest wait after a source did not answer, and the wait for
// an answer that was promised without a time.
const (
	firstWait   = 30 * time.Second
	longestWait = time.Hour
	promised    = 10 * time.Minute
)

// Next says when to ask again. Zero means that the answer stands, or that nobody
// waits for a better one any longer.
func (t Terms) Next(a review.AuthorityAnswer, issued review.Date, deadline, now time.Time) time.Time {
	if !t.Wait {
		return time.Time{}
	}
	var next time.Time
	switch a.Result {
	case review.AuthorityUnavailable:
		next = latest(now.Add(min(firstWait<<min(max(a.Asks-1, 0), 10), longestWait)), a.AskAgain)
	case review.AuthorityPending:
		if next = a.AskAgain; !next.After(now) {
			next = now.Add(promised)
		}
	case review.AuthorityNotFound:
		if a.Hint == review.HintNotCovered || !issued.HasDay() || !now.Before(issued.AddDays(t.NewDays).Start()) {
			return time.Time{}
		}
		next = now.Add(t.Again)
	default:
		return time.Time{}
	}
	return t.within(next, a.AskedAt, deadline, now)
}

// within asks one last time when the waiting ends before the next time.
func (t Terms) within(next, asked, deadline, now time.Time) time.Time {
	end := t.end(asked, deadline)
	switch {
	case end.IsZero() || next.Before(end):
		return next
	case now.Before(end):
		return end
	}
	return time.Time{}
}

// end is when the waiting ends: in time for a person to act before the deadline,
// and at the latest after the time-out. Zero for no end.
func (t Terms) end(asked, deadline time.Time) time.Time {
	var end time.Time
	if t.Timeout > 0 {
		end = asked.Add(t.Timeout)
	}
	if deadline.After(asked) { // else nothing can be saved by haste
		act := deadline.Add(-t.Leave)
		if act.Before(asked) {
			act = deadline
		}
		if end.IsZero() || act.Before(end) {
			end = act
		}
	}
	return end
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
