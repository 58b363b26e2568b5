package postgres

import (
	"context"
	"fmt"
	"time"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// subjectAuthority is the outbox subject of attempts that the authority is asked for.
const subjectAuthority = "authority.attempt"

// subjectOfLane is, in SQL, the subject of an attempt's lane.
const subjectOfLane = `case lane when 'authority' then '` + subjectAuthority + `' else '` + subjectReview + `' end`

// ClaimAsk takes an attempt in the authority's lane: see pipeline.Store.
func (s *Store) ClaimAsk(ctx context.Context, attemptID, worker string, lease time.Duration) (pipeline.Claim, error) {
	return s.claims.Do(ctx, asked{attemptID, worker, review.LaneAuthority, lease})
}

// HandOver puts a claim into the authority's lane: see pipeline.Store. A claim that
// got so far has met no error, whatever it met before.
func (s *Store) HandOver(ctx context.Context, attemptID string, epoch int64, facts review.Facts, at time.Time) error {
	return fenced(ctx, s.work(), "hand attempt over", `
		with moved as (
			update attempts set lane = 'authority', state = case when $4::timestamptz is null then 'queued' else 'waiting' end,
				ask_at = $4, facts = $3, worker = null, lease_until = null, crashes = 0, errors = 0, retry_at = now(),
				eligible_at = null, deferral = null
			where id = $1 and epoch = $2 and state = 'running'
			returning id, tenant_id, submission_id, bulk, lane, state),
		ring as (`+ringReviews+` from moved l join submissions s on s.id = l.submission_id where l.state = 'queued')
		select pg_notify('outbox', '') from moved`,
		attemptID, epoch, facts, orNull(at))
}

// AskAgain queues attempts whose source is to be asked again: see sweep.Store.
func (s *Store) AskAgain(ctx context.Context, now time.Time) (int, error) {
	return s.count(ctx, "queue attempts that wait for the authority", `
		with due as (
			update attempts set state = 'queued', retry_at = now()
			where id in (select id from attempts where state = 'waiting' and lane = 'authority' and ask_at <= $1
				order by ask_at limit 1000 for update skip locked)
			returning id, tenant_id, submission_id, bulk, lane),
		ring as (`+ringReviews+` from due l join submissions s on s.id = l.submission_id)
		select count(*) from due`, now)
}

// AskNow lets every attempt that waits for the authority be asked for at once:
// operations has mended the source.
func (s *Store) AskNow(ctx context.Context) (int, error) {
	tag, err := s.work().Exec(ctx, `update attempts set ask_at = now() where state = 'waiting' and lane = 'authority' and ask_at > now()`)
	if err != nil {
		return 0, fmt.Errorf("ask at once: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
