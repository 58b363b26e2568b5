package sweep

import (
	"context"
	"time"
)

// deadlineNotice is how long before its deadline a registrant is reminded.
const deadlineNotice = 24 * time.Hour

// deadlines reminds of what is still to be mended before a deadline, once an attempt.
func (s *Sweep) deadlines(ctx context.Context) (int, error) {
	return s.Store.DeadlinesNear(ctx, deadlineNotice)
}

// pictureLife is how long a picture is kept for mails: a review that nobody mends
// is told of for a week, and a mail is tried for half of one.
const pictureLife = 14 * 24 * time.Hour

// pictures deletes what no mail needs any more.
func (s *Sweep) pictures(ctx context.Context) (int, error) {
	return s.Store.DropPictures(ctx, pictureLife)
}

// digests gathers what waits for a digest into one message.
func (s *Sweep) digests(ctx context.Context) (int, error) {
	return s.Store.Digests(ctx, s.Now())
}
