package review

import (
	"errors"
	"time"
)

// Tries limits how a tenant's registrants may try again. Zero values limit nothing.
type Tries struct {
	Max      int           // attempts of one submission, those withdrawn not counted
	CoolDown time.Duration // from a refusal to the next attempt
}

// ErrTriesSpent: the submission has had as many attempts as its tenant allows.
var ErrTriesSpent = errors.New("no attempt is left")

// TooSoonError says that the next attempt must wait until an instant.
type TooSoonError struct{ Until time.Time }

func (e TooSoonError) Error() string {
	return "the next attempt must wait until " + e.Until.Format(time.RFC3339)
}

// Allow says whether a further attempt may follow so many counted ones, the last
// of which was refused at an instant (zero when it was not refused).
func (t Tries) Allow(counted int, refused, now time.Time) error {
	if t.Max > 0 && counted >= t.Max {
		return ErrTriesSpent
	}
	if until := refused.Add(t.CoolDown); !refused.IsZero() && now.Before(until) {
		return TooSoonError{until}
	}
	return nil
}
